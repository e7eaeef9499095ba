import Foundation
public import PGConnInfo

extension PostgresPool.Configuration {
    /// Twice the number of processor cores, plus one: the rule of thumb of Prisma and the PostgreSQL wiki.
    static var defaultMaximum: Int { 2 * max(1, ProcessInfo.processInfo.activeProcessorCount) + 1 }

    /// Creates a configuration from a connection string: libpq's, extended by ``PoolOptions/Key``.
    ///
    /// The empty string takes everything from the environment: `PGHOST`, `PGUSER`, …
    ///
    /// - Throws: ``PostgresError/Code/configuration``; the message names the key and the nearest known one.
    public init(_ connectionString: String) throws {
        do throws(PoolStringError) {
            self.init(try PoolConnectionString(connectionString))
        } catch {
            throw PostgresError(.configuration, "\(error)")
        }
    }

    /// Creates a configuration from a parsed connection string.
    public init(_ string: PoolConnectionString) {
        self.init(connection: string.connection)
        apply(string.pool)
    }

    /// Applies the options that are set; the others stay as they are.
    public mutating func apply(_ options: PoolOptions) {
        if let count = options.maximumConnections { maximumConnections = count }
        if let count = options.minimumConnections { minimumConnections = count }
        if let count = options.minimumIdleConnections { minimumIdleConnections = count }
        if let limit = options.acquireTimeout { acquireTimeout = limit.duration }
        if let limit = options.maximumLifetime { maximumLifetime = limit.duration }
        if let jitter = options.lifetimeJitter { lifetimeJitter = jitter }
        if let limit = options.maximumIdleTime { idleTimeout = limit.duration }
        if let period = options.healthCheckPeriod { checkIdleAfter = period }
        if let duration = options.pingTimeout?.duration { checkTimeout = duration }
        if let limit = options.socketTimeout { commandTimeout = limit.duration }
        if let size = options.statementCacheSize { statementCacheSize = size }
        if let isBehind = options.isBehindTransactionPooler { isBehindTransactionPooler = isBehind }
        if let path = options.searchPath { sessionParameters.append(.init(name: "search_path", value: path)) }
    }
}

extension PoolOptions.TimeLimit {
    /// The duration; `nil` for no limit.
    fileprivate var duration: Duration? {
        switch self {
        case .never: nil
        case .after(let duration): duration
        }
    }
}

extension PostgresPool.Configuration {
    /// The start-up parameters of every session, in addition to those of the connection string.
    package var startupParameters: [ConnectionOptions.Parameter] {
        var parameters = sessionParameters
        let limits = [
            ("statement_timeout", statementTimeout),
            ("idle_in_transaction_session_timeout", idleInTransactionTimeout),
        ]
        for case (let name, let limit?) in limits {
            let milliseconds = limit / .milliseconds(1)
            let whole = Int32(clamping: Int64(min(max(milliseconds.rounded(.up), 0), 2_147_483_647)))
            parameters.append(.init(name: name, value: String(whole)))
        }
        return parameters
    }

    /// The reason why the settings are invalid; `nil` if they are valid.
    package var validationError: String? {
        if maximumConnections < 1 { return "maximumConnections is \(maximumConnections), but must be at least 1" }
        if minimumConnections < 0 || minimumIdleConnections < 0 { return "a minimum of connections is below 0" }
        if max(minimumConnections, minimumIdleConnections) > maximumConnections {
            return "a minimum of connections is above maximumConnections, which is \(maximumConnections)"
        }
        if let maximumWaiters, maximumWaiters < 1 {
            return "maximumWaiters is \(maximumWaiters), but must be at least 1"
        }
        let times: [(String, Duration?)] = [
            ("acquireTimeout", acquireTimeout), ("idleTimeout", idleTimeout), ("maximumLifetime", maximumLifetime),
            ("leakThreshold", leakThreshold), ("idleTransactionThreshold", idleTransactionThreshold),
            ("checkTimeout", checkTimeout), ("retryDelay", retryDelay), ("metricsInterval", metricsInterval),
        ]
        for case (let name, let time?) in times where time <= .zero {
            return "\(name) is \(time.inWords), but must be more than 0 (nil for no limit)"
        }
        return nil
    }
}
