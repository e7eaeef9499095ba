/// What is counted while a load runs.
package struct LoadTally: Equatable, Sendable {
    /// Transactions that were answered without an error.
    package var succeeded: UInt64 = 0
    /// Transactions that were not.
    package var failed: UInt64 = 0
    /// From sending to answer, of transactions that succeeded.
    package var service = LatencyHistogram()
    /// From the moment they were due; in the open loop only.
    package var response = LatencyHistogram()
    /// How much too late we ourselves began transactions of the open loop for which a client was free: the part of
    /// ``response`` that is not the target's.
    package var ownDelay = LatencyHistogram()
    /// From opening a connection until it could be used, log-in and preparing included.
    package var connecting = LatencyHistogram()
    package var failures = FailureCounts()
    /// Connections that broke after they had been usable.
    package var lostConnections: UInt64 = 0
    /// Connections that never became usable.
    package var failedConnections: UInt64 = 0
    package var bytesSent: UInt64 = 0
    package var bytesReceived: UInt64 = 0
    /// Transactions that had begun and were given up when the time of grace was over.
    package var abandoned: UInt64 = 0
    /// Transactions of the open loop that were due before the end and had not begun by then.
    package var notBegun: UInt64 = 0

    package init() {}

    /// Transactions that have an outcome.
    package var finished: UInt64 { succeeded + failed }

    /// Whether everything that was asked for was done.
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
