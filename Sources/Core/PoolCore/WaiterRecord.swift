import MonotonicTime

/// A client that waits.
struct WaiterRecord: Sendable {
    var client: ClientID
    var pool: Int32
    var worker: UInt16
    var purpose: PoolGroup.WaitPurpose
    var isNotified = false
    /// It came while log-ins failed, so the failure of the next attempt is its answer, too.
    var leavesOnFailure = false
    var since: Instant
}
