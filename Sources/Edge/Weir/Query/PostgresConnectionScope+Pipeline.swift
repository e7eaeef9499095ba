public import PGTypes

extension PostgresConnectionScope where Self: ~Copyable {
    /// Sends several statements at once: for each of them what it gave, or why it failed.
    public func pipeline(
        _ queries: [PostgresQuery], timeout: Duration? = nil, file: String = #fileID, line: Int = #line
    ) async throws -> [Result<PostgresResult, PostgresError>] {
        let origin = SourceLocation(file: file, line: line)
        return try await lent.call(origin, operation: "PIPELINE") { (session) throws(PostgresError) in
            for query in queries { if let mistake = query.mistake { throw mistake } }
            guard !queries.isEmpty else { return [] }
            let answers = await session.pipeline(queries, timeout: lent.timeout(timeout))
            return answers.map { answer in answer.mapError { lent.located($0, origin) } }
        }
    }

    /// Runs one statement with each of several rows of values: prepared once, sent without waiting in between, and all or
    /// nothing.
    ///
    /// ```swift
    /// try await connection.executeMany("INSERT INTO points VALUES ($1, $2)", [(1, 2.5), (2, 3.5)])
    /// ```
    ///
    /// For very many rows COPY is quicker: ``copyIn(into:columns:_:timeout:file:line:)``.
    ///
    /// - Returns: How many rows were affected.
    @discardableResult
    public func executeMany<each Value: PostgresEncodable & Sendable>(
        _ query: PostgresQuery, _ rows: some Sequence<(repeat each Value)> & Sendable, timeout: Duration? = nil,
        file: String = #fileID, line: Int = #line
    ) async throws -> Int {
        try await executeMany(
            query,
            lists: rows.lazy.map { row in
                var values: [any PostgresEncodable & Sendable] = []
                for value in repeat each row { values.append(value) }
                return values
            }, timeout: timeout, SourceLocation(file: file, line: line))
    }

    /// Runs one statement with each of several values.
    ///
    /// - Returns: How many rows were affected.
    @discardableResult
    public func executeMany<Value: PostgresEncodable & Sendable>(
        _ query: PostgresQuery, _ values: some Sequence<Value> & Sendable, timeout: Duration? = nil,
        file: String = #fileID, line: Int = #line
    ) async throws -> Int {
        try await executeMany(
            query, lists: values.lazy.map { [$0] }, timeout: timeout, SourceLocation(file: file, line: line))
    }

    private func executeMany(
        _ query: PostgresQuery, lists: some Sequence<[any PostgresEncodable & Sendable]>, timeout: Duration?,
        _ origin: SourceLocation
    ) async throws(PostgresError) -> Int {
        try await lent.call(origin, query: query.sql) { (session) throws(PostgresError) in
            let sql = try query.withoutValues("the statement itself; give them as rows")
            return try await session.executeMany(sql, rows: lists, timeout: lent.timeout(timeout))
        }
    }
}
