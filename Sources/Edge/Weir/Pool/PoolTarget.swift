import ConnInfoFiles
import NIOPosix
import PGConnInfo

/// The database that a pool connects to, and the function that opens connections to it.
struct PoolTarget: Sendable {
    let database: String
    let opener: PostgresPool.Driver.Opener

    init(_ connection: ConnectionString, _ configuration: PostgresPool.Configuration) throws(PostgresError) {
        var options = try loadOptions(
            connection, environment: configuration.environment, logger: configuration.logger)
        database = options.dbname
        options.environmentParameters += configuration.startupParameters
        // An explicit time limit wins, even if it is “no limit”.
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

    /// Wraps the application's closure, which gets a lease of the new session.
    private static func preparation(
        _ configuration: PostgresPool.Configuration, _ tracing: DatabaseTracing
    ) -> PooledSession.Preparation? {
        guard let body = configuration.prepareConnection else { return nil }
        let commandTimeout = configuration.commandTimeout
        return { session in
            let lease = PostgresLease(
                session, origin: SourceLocation(file: "prepareConnection", line: 0), commandTimeout: commandTimeout,
                tracing: tracing)
            try await lease.withConnection(body) { isReusable in if !isReusable { session.abort() } }
        }
    }
}
