package import CoreMetrics
package import Logging
import MonotonicTime

/// Tells the log and the metrics what happens in a pool.
package struct PoolObserver: Sendable {
    private let logger: Logger
    private let metrics: PoolMetrics?

    /// For the pool of that name. With no `factory`, or one that drops everything, nothing is measured.
    package init(pool name: String, logger: Logger, factory: (any MetricsFactory)?) {
        var logger = logger
        logger[metadataKey: "pool"] = "\(name)"
        self.logger = logger
        metrics = factory.flatMap { $0 is NOOPMetricsHandler ? nil : PoolMetrics(pool: name, factory: $0) }
    }

    /// Whether anything is measured.
    var hasMetrics: Bool { metrics != nil }

    /// Somebody got a connection after that wait.
    func acquired(after wait: Duration) { metrics?.waitTime.recordNanoseconds(wait.wholeNanoseconds) }

    /// Somebody gave a connection back after that time.
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
                "a connection has been held for \(held.inWords); is it a leak?",
                metadata: ["taken-at": "\(origin)"])
        case .returnedAfterAll(let origin, let held):
            logger.info(
                "a connection that looked like a leak was given back after \(held.inWords)",
                metadata: ["taken-at": "\(origin)"])
        case .idleTransaction(let origin, let idle):
            logger.warning(
                "a connection has been idle in a transaction for \(idle.inWords); do other work before or after",
                metadata: ["taken-at": "\(origin)"])
        case .suspected:
            logger.debug("the server may have changed; connections are checked before they are lent again")
        case .timedOut, .refused, .cancelled, .gauges: break
        }
    }
}
