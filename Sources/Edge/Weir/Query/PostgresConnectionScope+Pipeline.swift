public import PGTypes

extension PostgresConnectionScope where Self: ~Copyable {
    /// Sends several statements at once and returns the result or the error of each.
    public func pipeline(
        _ queries: [PostgresQuery], timeout: Duration? = nil, file: String = #fileID, line: Int = #line
    ) async throws -> [Result<PostgresResult, PostgresError>] {
        let origin = SourceLocation(file: file, line: line)
        return try await handle.call(origin, operation: "PIPELINE") { (session) throws(PostgresError) in
            for query in queries { if let deferredError = query.deferredError { throw deferredError } }
            guard !queries.isEmpty else { return [] }
            let answers = await session.pipeline(queries, timeout: handle.timeout(timeout))
            return answers.map { answer in answer.mapError { handle.located($0, origin) } }
        }
    }

    /// Executes one statement with each of several rows of values: it is prepared once, the rows are sent without
    /// waiting in between, and all of them are executed or none.
    ///
    /// ```swift
    /// try await connection.executeMany("INSERT INTO points VALUES ($1, $2)", [(1, 2.5), (2, 3.5)])
    /// ```
    ///
    /// For very many rows COPY is faster: ``copyIn(into:columns:_:timeout:file:line:)``.
    ///
    /// - Returns: the number of rows affected.
    @discardableResult
    @inlinable
    public func executeMany<each Value: PostgresEncodable>(
        _ query: PostgresQuery, _ rows: some Sequence<(repeat each Value)>, timeout: Duration? = nil,
        file: String = #fileID, line: Int = #line
    ) async throws -> Int {
        var rows = RewindableRows(rows.makeIterator())
        return try await executeMany(query, timeout, SourceLocation(file: file, line: line)) {
            (bind) throws(PostgresError) in
            guard let row = rows.next(for: &bind) else { return false }
            try bind.append(repeat each row)
            return true
        }
    }

    /// Executes one statement with each of several values.
    ///
    /// - Returns: the number of rows affected.
    @discardableResult
    @inlinable
    public func executeMany<Value: PostgresEncodable>(
        _ query: PostgresQuery, _ values: some Sequence<Value>, timeout: Duration? = nil,
        file: String = #fileID, line: Int = #line
    ) async throws -> Int {
        var values = RewindableRows(values.makeIterator())
        return try await executeMany(query, timeout, SourceLocation(file: file, line: line)) {
            (bind) throws(PostgresError) in
            guard let value = values.next(for: &bind) else { return false }
            try bind.append(value)
            return true
        }
    }

    @usableFromInline
    func executeMany(
        _ query: PostgresQuery, _ timeout: Duration?, _ origin: SourceLocation,
        encodeRow: (inout RepeatedBind) throws(PostgresError) -> Bool
    ) async throws(PostgresError) -> Int {
        try await handle.call(origin, query: query.sql) { (session) throws(PostgresError) in
            let sql = try query.withoutValues("the statement itself; give them as rows")
            return try await session.executeMany(sql, timeout: handle.timeout(timeout), encodeRow: encodeRow)
        }
    }
}
