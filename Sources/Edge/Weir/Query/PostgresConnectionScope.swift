/// Executes statements on one connection: a ``PostgresConnection`` or a ``PostgresTransaction``.
///
/// Take `borrowing some PostgresConnectionScope & ~Copyable` where a function needs more than ``PostgresExecutor``
/// offers: streams, COPY, pipelines, scripts.
public protocol PostgresConnectionScope: PostgresExecutor, ~Copyable, Sendable {
    /// The lease that all requests go through.
    var handle: PostgresHandle { get }
}

extension PostgresConnectionScope where Self: ~Copyable {
    /// Executes one statement and collects its result.
    public func result(
        of query: PostgresQuery, timeout: Duration?, origin: SourceLocation
    ) async throws(PostgresError) -> PostgresResult {
        try await handle.call(origin, query: query.sql) { (session) throws(PostgresError) in
            if let deferredError = query.deferredError { throw deferredError }
            return try await session.query(query, timeout: handle.timeout(timeout))
        }
    }

    /// The parameters that the server reported about itself and this session: `server_version`, `TimeZone`,
    /// `in_hot_standby`, …
    public var parameters: [String: String] { handle.lease.session.parameters }

    /// The server process that serves this connection, as in `pg_stat_activity.pid`; `nil` if the server did not report
    /// it.
    public var processID: Int32? { handle.lease.session.processID }

    /// The server's address: `db1.example:5432`, `/run/postgresql/.s.PGSQL.5432`.
    public var address: String { handle.lease.session.address }

    /// An executor that runs tasks on the thread that serves this connection, for code that executes many small
    /// statements in sequence: it avoids waking another thread for every statement, which takes half of the processor
    /// time of a small one.
    ///
    /// ```swift
    /// try await withTaskExecutorPreference(connection.executor) {
    ///     for id in ids { try await connection.execute("CALL settle(\(id))") }
    /// }
    /// ```
    ///
    /// The thread serves other connections, too, which have to wait while the closure computes: use it where the
    /// closure mostly waits for the server. Code of an actor stays on its actor.
    public var executor: any TaskExecutor { handle.lease.session.executor }

    /// Executes any number of statements, separated by semicolons, such as the text of a migration.
    ///
    /// Unless the script contains BEGIN, all of it is one transaction: if one statement fails, nothing is changed.
    /// Values cannot be bound. Results are in text format, which decodes as usual.
    ///
    /// - Throws: `misuse` if values were interpolated, and the server's error for the first statement that fails.
    @discardableResult
    public func executeScript(
        _ script: PostgresQuery, timeout: Duration? = nil, file: String = #fileID, line: Int = #line
    ) async throws -> [PostgresResult] {
        try await handle.call(SourceLocation(file: file, line: line), query: script.sql) {
            (session) throws(PostgresError) in
            try await session.script(try script.withoutValues("a script"), timeout: handle.timeout(timeout))
        }
    }
}

extension PostgresQuery {
    /// Returns the text, for statements that cannot have bound values.
    func withoutValues(_ place: String) throws(PostgresError) -> String {
        if let deferredError { throw deferredError }
        guard values.isEmpty else {
            var error = PostgresError(.misuse, "PostgreSQL takes no bound values in \(place)")
            error.query = sql
            throw error
        }
        return sql
    }
}
