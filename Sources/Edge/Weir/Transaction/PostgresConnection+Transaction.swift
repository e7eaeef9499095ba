extension PostgresConnection {
    /// Runs `body` in a transaction with the session's defaults.
    @discardableResult
    public func withTransaction<Result>(
        origin: SourceLocation, _ body: (inout PostgresTransaction) async throws -> Result
    ) async throws -> Result {
        try await withTransaction(nil, readOnly: nil, deferrable: nil, retry: .never, origin: origin, body)
    }

    /// Runs `body` in a transaction: commits when it returns, rolls back when it throws or its task is cancelled.
    ///
    /// - Parameters:
    ///   - isolation: which changes of other transactions are visible. By default the session's setting, usually
    ///     `readCommitted`.
    ///   - readOnly: whether writes are forbidden. By default the session's setting, usually `false`.
    ///   - deferrable: whether a serializable read-only transaction waits until it cannot fail.
    ///   - retry: whether to run `body` again if the transaction failed only because of other transactions.
    /// - Throws: the errors of `body`; the server's error for COMMIT; `transactionRolledBack` if the server answers
    ///   COMMIT with ROLLBACK, because a statement failed and `body` did not rethrow its error; `misuse` if a
    ///   transaction is open already.
    @discardableResult
    public func withTransaction<Result>(
        _ isolation: PostgresTransaction.Isolation? = nil, readOnly: Bool? = nil, deferrable: Bool? = nil,
        retry: PostgresTransaction.Retry = .never, file: String = #fileID, line: Int = #line,
        _ body: (inout PostgresTransaction) async throws -> Result
    ) async throws -> Result {
        try await withTransaction(
            isolation, readOnly: readOnly, deferrable: deferrable, retry: retry,
            origin: SourceLocation(file: file, line: line), body)
    }

    @discardableResult
    package func withTransaction<Result>(
        _ isolation: PostgresTransaction.Isolation?, readOnly: Bool?, deferrable: Bool?,
        retry: PostgresTransaction.Retry, origin: SourceLocation,
        _ body: (inout PostgresTransaction) async throws -> Result
    ) async throws -> Result {
        var modes: [String] = []
        if let isolation { modes.append("ISOLATION LEVEL \(isolation.rawValue)") }
        if let readOnly { modes.append(readOnly ? "READ ONLY" : "READ WRITE") }
        if let deferrable { modes.append(deferrable ? "DEFERRABLE" : "NOT DEFERRABLE") }
        let kind = TransactionScope.Kind.transaction(
            begin: (["BEGIN"] + modes).joined(separator: " "), isReadOnly: readOnly == true)

        var attempts = 0, generator = SystemRandomNumberGenerator()
        while true {
            do {
                return try await TransactionScope(handle, origin, kind: kind).run(body)
            } catch let error as PostgresError where error.isRetryable && attempts + 1 < retry.attempts {
                attempts += 1
                let pause = retry.pause(after: attempts, using: &generator)
                // If the task is cancelled while waiting, throw the reason why the transaction failed.
                do { try await Task.sleep(for: pause) } catch { throw error }
            }
        }
    }
}
