import Logging
import Weir

extension Articles {
    /// Runs the code of `Observability.md`.
    public static func observability(_ pool: PostgresPool) {
        log(pool, Logger(label: "articles") { _ in SwiftLogNoOpLogHandler() })
    }
}

private func thresholds(_ configuration: inout PostgresPool.Configuration) {
    configuration.leakThreshold = .seconds(20)
    configuration.idleTransactionThreshold = .seconds(5)
}

private func log(_ pool: PostgresPool, _ logger: Logger) {
    let numbers = pool.stats
    logger.info("\(numbers.inUse) of \(numbers.maximum) in use, \(numbers.waiting) waiting")
}
