package import MonotonicTime
import PoolCore
import Synchronization

/// A lease of a session.
package typealias PoolLease = Lease<PooledSession>

/// The right to use one connection until it is released.
///
/// It ends once, when the connection is released; from then on ``isActive`` is `false`, and the holder must not use the
/// connection any more.
package final class Lease<Server: PoolServer>: Sendable {
    /// The connection.
    package let server: Server
    /// The location of the caller that acquired it.
    package let origin: SourceLocation
    /// The start of the lease, by the pool's clock.
    package let since: Instant
    /// The ID in the pool; `nil` if the connection belongs to no pool.
    let id: ServerID?
    /// The index of the server in a ``PostgresPool``: 0 is the primary.
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

    /// Creates a lease of a connection outside of any pool. ``end()`` it instead of releasing it.
    package convenience init(standalone server: Server, origin: SourceLocation) {
        self.init(server: server, id: nil, member: 0, origin: origin, since: .zero)
    }

    /// Whether the connection may still be used. Cheap.
    package var isActive: Bool { flags.load(ordering: .acquiring) & Self.ended == 0 }

    /// Ends the lease. Returns `true` once, to the caller that has to take care of the connection.
    package func end() -> Bool {
        flags.bitwiseOr(Self.ended, ordering: .acquiringAndReleasing).oldValue & Self.ended == 0
    }

    /// Records an error that was received over the connection: some indicate that the server has changed, and then
    /// every connection is checked before it is leased again.
    package func observe(_ error: PostgresError) {
        guard error.indicatesServerChange else { return }
        _ = flags.bitwiseOr(Self.suspect, ordering: .acquiringAndReleasing)
    }

    /// Whether an error has made the server suspect.
    var isSuspect: Bool { flags.load(ordering: .acquiring) & Self.suspect != 0 }
}
