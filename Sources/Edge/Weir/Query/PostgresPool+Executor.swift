extension PostgresPool: PostgresExecutor {
    /// Executes one statement on any connection to the primary.
    public func result(
        of query: PostgresQuery, timeout: Duration?, origin: SourceLocation
    ) async throws(PostgresError) -> PostgresResult {
        if let deferredError = query.deferredError {
            var error = deferredError
            error.origin = origin
            throw error
        }
        let pooled = try await acquire(timeout: nil, origin: origin), lease = lease(pooled)
        defer { endLease(pooled, isReusable: lease.end()) }
        return try await PostgresHandle(lease: lease).call(origin, query: query.sql) {
            (session) throws(PostgresError) in
            try await session.query(query, timeout: timeout ?? lease.commandTimeout)
        }
    }

    /// Runs `body` in a transaction with the session's defaults, on a connection of its own.
    @discardableResult
    public func withTransaction<Result>(
        origin: SourceLocation, _ body: (inout PostgresTransaction) async throws -> Result
    ) async throws -> Result {
        let pooled = try await acquire(timeout: nil, origin: origin)
        return try await withLease(pooled) { connection in
            try await connection.withTransaction(origin: origin, body)
        }
    }

    /// Runs `body` in a transaction on a connection of its own: commits when it returns, rolls back when it throws or
    /// its task is cancelled.
    ///
    /// - Parameters:
    ///   - isolation: which changes of other transactions are visible. By default the session's setting, usually
    ///     `readCommitted`.
    ///   - readOnly: whether writes are forbidden. By default the session's setting, usually `false`.
    ///   - deferrable: whether a serializable read-only transaction waits until it cannot fail.
    ///   - retry: whether to run `body` again if the transaction failed only because of other transactions.
    ///   - timeout: how long to wait for a connection. By default ``Configuration/acquireTimeout``.
    /// - Throws: the errors of `body`; the server's error for COMMIT; `transactionRolledBack` if the server answers
    ///   COMMIT with ROLLBACK, because a statement failed and `body` did not rethrow its error; `acquireTimeout`, and
    ///   the reason why no connection can be made.
    @discardableResult
    public func withTransaction<Result>(
        _ isolation: PostgresTransaction.Isolation? = nil, readOnly: Bool? = nil, deferrable: Bool? = nil,
        retry: PostgresTransaction.Retry = .never, timeout: Duration? = nil,
        file: String = #fileID, line: Int = #line, _ body: (inout PostgresTransaction) async throws -> Result
    ) async throws -> Result {
        let origin = SourceLocation(file: file, line: line)
        let pooled = try await acquire(timeout: timeout, origin: origin)
        return try await withLease(pooled) { connection in
            try await connection.withTransaction(
                isolation, readOnly: readOnly, deferrable: deferrable, retry: retry, origin: origin, body)
        }
    }
}
