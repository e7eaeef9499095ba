import ConnInfoFiles
import NIOPosix
import PGConnInfo

/// Whom a pool connects to, and how.
struct PoolTarget: Sendable {
    let database: String
    let opener: PostgresPool.Driver.Opener

    init(_ connection: ConnectionString, _ configuration: PostgresPool.Configuration) throws(PostgresError) {
        var options = try loadOptions(
            connection, environment: configuration.environment, logger: configuration.logger)
        database = options.dbname
        options.environmentParameters += configuration.startupParameters
        // What was said by whatever means counts, even if it was “for ever”.
        if options.settings[.connectTimeout] == nil {
            options.connectTimeout = configuration.connectTimeout
        }
        let connector = ServerConnector(
            options, eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: configuration.logger,
            credentials: configuration.password,
            socketDirectory: (configuration.environment ?? .process).socketDirectory)
        var session = PostgresSession.Configuration()
        session.statementCacheSize = configuration.isBehindTransactionPooler ? 0 : configuration.statementCacheSize
        let role = options.targetSessionAttrs
        let preparation = Self.preparation(configuration, DatabaseTracing(configuration, database: database))
        opener = { [session] () async throws(PostgresError) in
            let connected = try await connector.connect()
            return PooledSession(
                await PostgresSession(connected, configuration: session), role: role, preparation: preparation)
        }
    }

    /// Lends a session to the application's own closure.
    private static func preparation(
        _ configuration: PostgresPool.Configuration, _ tracing: DatabaseTracing
    ) -> PooledSession.Preparation? {
        guard let body = configuration.prepareConnection else { return nil }
        let commandTimeout = configuration.commandTimeout
        return { session in
            let lease = PostgresLease(
                session, origin: SourceLocation(file: "prepareConnection", line: 0), commandTimeout: commandTimeout,
                tracing: tracing)
            try await lease.lend(to: body) { isUnused in if !isUnused { session.abort() } }
        }
    }
}
