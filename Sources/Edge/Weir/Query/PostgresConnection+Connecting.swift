extension PostgresConnection {
    /// Connects, runs `body` with the connection, and closes it: for scripts that need no pool.
    ///
    /// ```swift
    /// try await PostgresConnection.with("postgresql:///app") { connection in
    ///     try await connection.executeScript(migration)
    /// }
    /// ```
    ///
    /// - Parameter configuration: the configuration, as for a pool. Settings for several connections are ignored.
    /// - Throws: the errors of `body`, and the reason why no connection can be made.
    @discardableResult
    public static func with<Result>(
        _ configuration: PostgresPool.Configuration, file: String = #fileID, line: Int = #line,
        _ body: (inout PostgresConnection) async throws -> Result
    ) async throws -> Result {
        let origin = SourceLocation(file: file, line: line), session: PostgresSession
        let target = try PoolTarget(configuration.connection, configuration)
        do throws(PostgresError) {
            let server = try await target.opener()
            session = server.session
            switch await ClosureOutcome.of(within: configuration.checkTimeout, { try await server.prepare() }) {
            case .returned: break
            case .threw(let error):
                session.abort()
                throw error as? PostgresError ?? PostgresError(.connectFailed, "the connection could not be prepared")
            case .cancelled:
                session.abort()
                throw PostgresError(.cancelled, "cancelled while connecting")
            case .timedOut:
                session.abort()
                throw PostgresError(.connectFailed, "preparing a new connection (prepareConnection) took too long")
            }
        } catch {
            throw error.with(origin: origin)
        }
        let lease = PostgresLease(
            session, origin: origin, commandTimeout: configuration.commandTimeout,
            tracing: DatabaseTracing(configuration, database: target.database))
        return try await lease.withConnection(body) { isReusable in
            // Do not wait for a statement that is still in progress.
            if isReusable, await session.cleanUp(deadline: configuration.checkTimeout) { await session.close() }
            session.abort()
        }
    }

    /// Connects, runs `body` with the connection, and closes it. The string is as for
    /// ``PostgresPool/init(_:)-(String)``.
    @discardableResult
    public static func with<Result>(
        _ connectionString: String = "", file: String = #fileID, line: Int = #line,
        _ body: (inout PostgresConnection) async throws -> Result
    ) async throws -> Result {
        try await with(PostgresPool.Configuration(connectionString), file: file, line: line, body)
    }
}
