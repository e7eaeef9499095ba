package import MonotonicTime
import PoolCore
import Synchronization

/// A connection while it is lent: the proof that whoever has it may use it.
package typealias PoolLease = Lease<PooledSession>

/// A connection while it is lent to somebody.
///
/// It ends once, when it is given back; from then on ``isLent`` is `false`, and whoever still has the lease must not
/// touch the connection.
package final class Lease<Server: PoolServer>: Sendable {
    /// The connection.
    package let server: Server
    /// Who took it.
    package let origin: SourceLocation
    /// Since when, by the clock of the pool.
    package let since: Instant
    /// How it is called in the pool; `nil` if it is of no pool.
    let id: ServerID?
    /// Which of the servers of a ``PostgresPool`` it leads to: 0 is the primary.
    package let member: Int

    private let flags = Atomic<UInt8>(0)
    private static var ended: UInt8 { 1 }
    private static var suspect: UInt8 { 2 }

    init(server: Server, id: ServerID?, member: Int, origin: SourceLocation, since: Instant) {
        self.server = server
        self.id = id
        self.member = member
        self.origin = origin
        self.since = since
    }

    /// A lease of a connection that stands alone. ``end()`` it instead of releasing it.
    package convenience init(alone server: Server, origin: SourceLocation) {
        self.init(server: server, id: nil, member: 0, origin: origin, since: .zero)
    }

    /// Whether it still gives the right to use the connection. Cheap.
    package var isLent: Bool { flags.load(ordering: .acquiring) & Self.ended == 0 }

    /// Ends it. Whoever gets `true` has to take care of the connection; that happens once.
    package func end() -> Bool {
        flags.bitwiseOr(Self.ended, ordering: .acquiringAndReleasing).oldValue & Self.ended == 0
    }

    /// To be told of every error that came over the connection: some say that the server is not what it was, and then
    /// no connection is lent again before it was checked.
    package func observe(_ error: PostgresError) {
        guard error.saysServerChanged else { return }
        _ = flags.bitwiseOr(Self.suspect, ordering: .acquiringAndReleasing)
    }

    /// An error made its server suspect.
    var isSuspect: Bool { flags.load(ordering: .acquiring) & Self.suspect != 0 }
}
