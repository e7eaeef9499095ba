/// What has one connection to itself: a ``PostgresConnection`` or a ``PostgresTransaction``.
///
/// Take `borrowing some PostgresConnectionScope & ~Copyable` where a function needs more than ``PostgresExecutor`` has:
/// streams, COPY, pipelines, scripts.
public protocol PostgresConnectionScope: PostgresExecutor, ~Copyable, Sendable {
    /// What it speaks through.
    var lent: PostgresLent { get }
}

extension PostgresConnectionScope where Self: ~Copyable {
    /// Runs one statement and collects what it gives.
    public func result(
        of query: PostgresQuery, timeout: Duration?, origin: SourceLocation
    ) async throws(PostgresError) -> PostgresResult {
        try await lent.call(origin, query: query.sql) { (session) throws(PostgresError) in
            if let mistake = query.mistake { throw mistake }
            return try await session.query(query, timeout: lent.timeout(timeout))
        }
    }

    /// What the server reported about itself and this session: `server_version`, `TimeZone`, `in_hot_standby`, …
    public var parameters: [String: String] { lent.lease.session.parameters }

    /// The server process that serves this connection, as in `pg_stat_activity.pid`; `nil` if it did not say.
    public var processID: Int32? { lent.lease.session.processID }

    /// Where the server is: `db1.example:5432`, `/run/postgresql/.s.PGSQL.5432`.
    public var address: String { lent.lease.session.address }

    /// Runs tasks on the thread that serves this connection, for code that asks many small questions one after the other:
    /// no statement has to wait until one thread has woken another, which is half of the processor time of a small one.
    ///
    /// ```swift
    /// try await withTaskExecutorPreference(connection.executor) {
    ///     for id in ids { try await connection.execute("CALL settle(\(id))") }
    /// }
    /// ```
    ///
    /// The thread serves other connections, too, which wait as long as the closure computes: use it where the closure
    /// mostly asks. Code of an actor stays on its actor.
    public var executor: any TaskExecutor { lent.lease.session.executor }

    /// Runs any number of statements, separated by semicolons, as a migration's file holds them.
    ///
    /// Unless it contains BEGIN, all of it is one transaction: if one statement fails, nothing was done. Nothing can be
    /// bound. Values come as text, which decodes as usual.
    ///
    /// - Throws: `misuse` if values were interpolated, and what the server says to the first statement that fails.
    @discardableResult
    public func executeScript(
        _ script: PostgresQuery, timeout: Duration? = nil, file: String = #fileID, line: Int = #line
    ) async throws -> [PostgresResult] {
        try await lent.call(SourceLocation(file: file, line: line), query: script.sql) {
            (session) throws(PostgresError) in
            try await session.script(try script.withoutValues("a script"), timeout: lent.timeout(timeout))
        }
    }
}

extension PostgresQuery {
    /// The text, where nothing can be bound.
    func withoutValues(_ place: String) throws(PostgresError) -> String {
        if let mistake { throw mistake }
        guard values.isEmpty else {
            var error = PostgresError(.misuse, "PostgreSQL takes no bound values in \(place)")
            error.query = sql
            throw error
        }
        return sql
    }
}
