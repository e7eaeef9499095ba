extension PostgresConnection {
    /// Runs `body` in a transaction with the session's defaults.
    @discardableResult
    public func withTransaction<Result>(
        origin: SourceLocation, _ body: (inout PostgresTransaction) async throws -> Result
    ) async throws -> Result {
        try await withTransaction(nil, readOnly: nil, deferrable: nil, retry: .never, origin: origin, body)
    }

    /// Runs `body` in a transaction: COMMIT when it returns, ROLLBACK when it throws or its task was cancelled.
    ///
    /// - Parameters:
    ///   - isolation: How much is seen of other transactions. By default what the session has, most often
    ///     `readCommitted`.
    ///   - readOnly: Whether nothing may be changed. By default what the session has, most often `false`.
    ///   - deferrable: Whether a serializable read-only transaction waits for a moment in which it cannot fail.
    ///   - retry: Whether to run `body` again if the transaction failed only because of others.
    /// - Throws: What `body` throws; what the server says to COMMIT, `transactionRolledBack` if that is ROLLBACK, because
    ///   a statement failed and `body` did not let its error through; `misuse` if a transaction is open already.
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
                return try await TransactionScope(lent, origin, kind: kind).run(body)
            } catch let error as PostgresError where error.isRetryable && attempts + 1 < retry.attempts {
                attempts += 1
                let pause = retry.pause(after: attempts, using: &generator)
                // Cancelled while waiting: what is known is why the transaction failed.
                do { try await Task.sleep(for: pause) } catch { throw error }
            }
        }
    }
}
