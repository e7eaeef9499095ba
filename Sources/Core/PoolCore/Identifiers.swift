/// Names a client connection for the life of the process.
///
/// Clients and servers are numbered from one counter (``PoolGroup/makeID()``), as in PgBouncer's `SHOW CLIENTS`.
package struct ClientID: Hashable, Sendable {
    package var rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// Names a server connection for the life of the process.
///
/// Made by the group and handed out with `connect`. It also remembers where the group keeps the server, so that no
/// event has to search; the number alone decides equality.
package struct ServerID: Hashable, Sendable {
    /// The number that `SHOW SERVERS` prints.
    package let rawValue: UInt64
    /// Where the group keeps the server: dense, from zero, used again when the server is gone.
    package let slot: Int32

    package static func == (left: ServerID, right: ServerID) -> Bool { left.rawValue == right.rawValue }

    package func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}

/// Names a cancel request: the number of the connection it arrived on.
package struct CancelID: Hashable, Sendable {
    package var rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// Names a worker: a thread with an engine; counted from zero.
package struct WorkerID: Hashable, Sendable {
    package var rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }
}

/// Names a pool; a name that outlives its pool is recognised and refused.
package struct PoolID: Hashable, Sendable {
    /// Dense, from zero; used again, with another `generation`, after the pool is gone.
    package let index: Int32
    package let generation: UInt32
}

/// Names a database entry; a name that outlives its entry is recognised and refused.
package struct DatabaseID: Hashable, Sendable {
    /// Dense, from zero; used again, with another `generation`, after the database is gone.
    package let index: Int32
    package let generation: UInt32
}

/// Names a user; users are never removed.
package struct UserID: Hashable, Sendable {
    /// Dense, from zero.
    package let index: Int32
}
