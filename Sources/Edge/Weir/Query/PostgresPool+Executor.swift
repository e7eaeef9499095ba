extension PostgresPool: PostgresExecutor {
    /// Runs one statement on whatever connection is free.
    public func result(
        of query: PostgresQuery, timeout: Duration?, origin: SourceLocation
    ) async throws(PostgresError) -> PostgresResult {
        if let mistake = query.mistake {
            var error = mistake
            error.origin = origin
            throw error
        }
        let pooled = try await acquire(timeout: nil, origin: origin), lease = lease(pooled)
        defer { takeBack(pooled, isUnused: lease.end()) }
        return try await PostgresLent(lease: lease).call(origin, query: query.sql) { (session) throws(PostgresError) in
            try await session.query(query, timeout: timeout ?? lease.commandTimeout)
        }
    }

    /// Runs `body` in a transaction with the session's defaults, on a connection that it has to itself.
    @discardableResult
    public func withTransaction<Result>(
        origin: SourceLocation, _ body: (inout PostgresTransaction) async throws -> Result
    ) async throws -> Result {
        let pooled = try await acquire(timeout: nil, origin: origin)
        return try await lend(pooled) { connection in
            try await connection.withTransaction(origin: origin, body)
        }
    }

    /// Runs `body` in a transaction, on a connection that it has to itself: COMMIT when it returns, ROLLBACK when it throws
    /// or its task was cancelled.
    ///
    /// - Parameters:
    ///   - isolation: How much is seen of other transactions. By default what the session has, most often
    ///     `readCommitted`.
    ///   - readOnly: Whether nothing may be changed. By default what the session has, most often `false`.
    ///   - deferrable: Whether a serializable read-only transaction waits for a moment in which it cannot fail.
    ///   - retry: Whether to run `body` again if the transaction failed only because of others.
    ///   - timeout: How long to wait for a connection. By default ``Configuration/acquireTimeout``.
    /// - Throws: What `body` throws; what the server says to COMMIT, `transactionRolledBack` if that is ROLLBACK, because
    ///   a statement failed and `body` did not let its error through; `acquireTimeout`, and why there can be no connection.
    @discardableResult
    public func withTransaction<Result>(
        _ isolation: PostgresTransaction.Isolation? = nil, readOnly: Bool? = nil, deferrable: Bool? = nil,
        retry: PostgresTransaction.Retry = .never, timeout: Duration? = nil,
        file: String = #fileID, line: Int = #line, _ body: (inout PostgresTransaction) async throws -> Result
    ) async throws -> Result {
        let origin = SourceLocation(file: file, line: line)
        let pooled = try await acquire(timeout: timeout, origin: origin)
        return try await lend(pooled) { connection in
            try await connection.withTransaction(
                isolation, readOnly: readOnly, deferrable: deferrable, retry: retry, origin: origin, body)
        }
    }
}
