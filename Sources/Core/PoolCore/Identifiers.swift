// Public because the compiler inlines nothing of another module that is only `package`.

/// Names a client connection for the life of the process.
///
/// Clients and servers are numbered from one counter (``PoolGroup/makeID()``), as in PgBouncer's `SHOW CLIENTS`. A name
/// also says where the client is kept, so that no event has to search; the number alone decides equality.
@frozen public struct ClientID: Hashable, Sendable {
    /// The number that `SHOW CLIENTS` prints.
    public let rawValue: UInt64
    /// Dense among the clients of its worker.
    public let slot: UInt32
    public let worker: WorkerID

    @inlinable public init(rawValue: UInt64, slot: UInt32, worker: WorkerID) {
        self.rawValue = rawValue
        self.slot = slot
        self.worker = worker
    }

    /// A name for a client that is not kept by its slot.
    @inlinable public init(rawValue: UInt64) {
        self.init(rawValue: rawValue, slot: UInt32(truncatingIfNeeded: rawValue), worker: WorkerID(rawValue: 0))
    }

    @inlinable public static func == (left: ClientID, right: ClientID) -> Bool { left.rawValue == right.rawValue }

    @inlinable public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}

/// Names a server connection for the life of the process.
///
/// Made by the group and handed out with `connect`. It also remembers where the group keeps the server, so that no
/// event has to search; the number alone decides equality.
@frozen public struct ServerID: Hashable, Sendable {
    /// The number that `SHOW SERVERS` prints.
    public let rawValue: UInt64
    /// Where the group keeps the server: dense, from zero, used again when the server is gone.
    public let slot: Int32

    @inlinable public static func == (left: ServerID, right: ServerID) -> Bool { left.rawValue == right.rawValue }

    @inlinable public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}

/// Names a cancel request: the number of the connection it arrived on.
package struct CancelID: Hashable, Sendable {
    package var rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// Names a worker: a thread with an engine; counted from zero.
@frozen public struct WorkerID: Hashable, Sendable {
    public let rawValue: UInt16

    @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }
}

/// Names a pool; a name that outlives its pool is recognised and refused.
@frozen public struct PoolID: Hashable, Sendable {
    /// Dense, from zero; used again, with another `generation`, after the pool is gone.
    public let index: Int32
    public let generation: UInt32

    @inlinable public static func == (left: PoolID, right: PoolID) -> Bool {
        left.index == right.index && left.generation == right.generation
    }
}

/// Names a database entry; a name that outlives its entry is recognised and refused.
@frozen public struct DatabaseID: Hashable, Sendable {
    /// Dense, from zero; used again, with another `generation`, after the database is gone.
    public let index: Int32
    public let generation: UInt32

    @inlinable public static func == (left: DatabaseID, right: DatabaseID) -> Bool {
        left.index == right.index && left.generation == right.generation
    }
}

/// Names a user; a name that outlives its user is recognised and refused.
package struct UserID: Hashable, Sendable {
    /// Dense, from zero; used again, with another `generation`, after the user is gone.
    package let index: Int32
    package let generation: UInt32
}
