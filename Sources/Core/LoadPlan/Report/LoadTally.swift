/// The counters of a running load.
package struct LoadTally: Equatable, Sendable {
    /// Transactions that were answered without an error.
    package var succeeded: UInt64 = 0
    /// Transactions that failed.
    package var failed: UInt64 = 0
    /// The time from sending to answer, for transactions that succeeded.
    package var service = LatencyHistogram()
    /// The time from the moment they were due; in the open loop only.
    package var response = LatencyHistogram()
    /// How late the load generator began transactions of the open loop for which a client was free: the portion of
    /// ``response`` that is not caused by the target.
    package var ownDelay = LatencyHistogram()
    /// The time from opening a connection until it was usable, including log-in and preparing.
    package var connecting = LatencyHistogram()
    package var failures = FailureCounts()
    /// Connections that broke after they had been usable.
    package var lostConnections: UInt64 = 0
    /// Connections that never became usable.
    package var failedConnections: UInt64 = 0
    package var bytesSent: UInt64 = 0
    package var bytesReceived: UInt64 = 0
    /// Transactions that had begun and were abandoned when the grace period was over.
    package var abandoned: UInt64 = 0
    /// Transactions of the open loop that were due before the end and had not begun by then.
    package var notBegun: UInt64 = 0

    package init() {}

    /// Transactions with an outcome.
    package var finished: UInt64 { succeeded + failed }

    /// Whether nothing failed.
    package var isClean: Bool { failed == 0 && failedConnections == 0 && lostConnections == 0 && abandoned == 0 }

    package mutating func merge(_ other: LoadTally) {
        succeeded += other.succeeded
        failed += other.failed
        service.merge(other.service)
        response.merge(other.response)
        ownDelay.merge(other.ownDelay)
        connecting.merge(other.connecting)
        failures.merge(other.failures)
        lostConnections += other.lostConnections
        failedConnections += other.failedConnections
        bytesSent += other.bytesSent
        bytesReceived += other.bytesReceived
        abandoned += other.abandoned
        notBegun += other.notBegun
    }
}
