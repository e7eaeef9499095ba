package import CoreMetrics
package import Logging
import MonotonicTime

/// Reports a pool's events to the log and the metrics.
package struct PoolObserver: Sendable {
    private let logger: Logger
    private let metrics: PoolMetrics?

    /// Creates an observer for a pool. Nothing is measured if there is no `factory`, or one that drops everything.
    package init(pool name: String, logger: Logger, factory: (any MetricsFactory)?) {
        var logger = logger
        logger[metadataKey: "pool"] = "\(name)"
        self.logger = logger
        metrics = factory.flatMap { $0 is NOOPMetricsHandler ? nil : PoolMetrics(pool: name, factory: $0) }
    }

    /// Whether metrics are recorded.
    var hasMetrics: Bool { metrics != nil }

    /// Called when a caller has acquired a connection, with the time it waited.
    func acquired(after wait: Duration) { metrics?.waitTime.recordNanoseconds(wait.wholeNanoseconds) }

    /// Called when a connection was released, with the time it was held.
    func released(after use: Duration) { metrics?.useTime.recordNanoseconds(use.wholeNanoseconds) }

    func take(_ report: PoolReport) {
        metrics?.take(report)
        switch report {
        case .created(let address, let took):
            logger.debug("connected", metadata: ["server": "\(address)", "took": "\(took.inWords)"])
        case .connectFailed(let error, _, let retryIn):
            logger.warning(
                "could not connect: \(error.message)",
                metadata: ["code": "\(error.code)", "retry-in": "\(retryIn.inWords)"])
        case .destroyed(let closure, let address):
            let level: Logger.Level = [.lost, .failedCheck, .failedReset].contains(closure) ? .info : .debug
            logger.log(
                level: level, "connection closed",
                metadata: ["server": "\(address)", "reason": "\(closure.rawValue)"])
        case .leaked(let origin, let held):
            logger.warning(
                "a connection has been held for \(held.inWords), and may have leaked",
                metadata: ["taken-at": "\(origin)"])
        case .leakReleased(let origin, let held):
            logger.info(
                "a connection reported as a possible leak was released after \(held.inWords)",
                metadata: ["taken-at": "\(origin)"])
        case .idleTransaction(let origin, let idle):
            logger.warning(
                "a connection has been idle in a transaction for \(idle.inWords); do other work outside of it",
                metadata: ["taken-at": "\(origin)"])
        case .suspected:
            logger.debug("the server may have changed; connections are checked before they are leased again")
        case .timedOut, .refused, .cancelled, .gauges: break
        }
    }
}
