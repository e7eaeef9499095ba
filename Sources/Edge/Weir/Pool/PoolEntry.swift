import MonotonicTime
import PoolCore

/// One connection of a pool, from the decision to open it until it is closed.
struct PoolEntry<Server: PoolServer>: Sendable {
    let id: ServerID
    /// The instant at which opening began.
    let launchedAt: Instant
    /// The task that opens it.
    var opening: Task<Void, Never>?
    /// The connection, once it is open.
    var server: Server?
    /// The lease, while there is one.
    var lease: Lease<Server>?
    /// The instant at which it became idle; meaningless while it is leased.
    var freeSince = Instant.zero
    /// An event may affect it: it is checked, including its role, before it is leased again.
    var isSuspect = false
    /// Why it is to be closed when it becomes idle.
    var pendingClosure: PoolClosure?
    /// Why it is being closed.
    var closure: PoolClosure?
    /// Whether it was reported as held for too long.
    var isLeakReported = false
    /// The last observation of an idle transaction.
    var idleTransaction: (number: UInt64, since: Instant, isReported: Bool)?
}
