import MonotonicTime
import PoolCore

/// One connection of a pool, from the moment it is wanted until it is gone.
struct PoolEntry<Server: PoolServer>: Sendable {
    let id: ServerID
    /// When it began to be opened.
    let launchedAt: Instant
    /// What opens it.
    var opening: Task<Void, Never>?
    /// The connection, once it is open.
    var server: Server?
    /// While it is lent.
    var lease: Lease<Server>?
    /// Since when nobody uses it; meaningless while somebody does.
    var freeSince = Instant.zero
    /// Something happened that may concern it: it is checked, role and all, before it is lent again.
    var isSuspect = false
    /// Why it is to be closed when nobody uses it.
    var doom: PoolClosure?
    /// Why it is being closed.
    var closure: PoolClosure?
    /// It was reported as held for too long.
    var isLeakReported = false
    /// What was last seen of an idle transaction.
    var idleTransaction: (number: UInt64, since: Instant, isReported: Bool)?
}
