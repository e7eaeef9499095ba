public import PGSession

extension PostgresConnectionScope where Self: ~Copyable {
    /// Hands over what the server remarks while `body` runs: `RAISE NOTICE`, `DROP TABLE IF EXISTS` without a table, …
    ///
    /// Of several at a time on one connection, the one that began last is told. Whatever outlives the borrower's closure
    /// is told nothing any more.
    ///
    /// - Parameter handler: Called for each remark, in their order, before the answer to its statement. It must not block.
    @discardableResult
    public func withNotices<Result>(
        to handler: @escaping @Sendable (ServerError) -> Void, file: String = #fileID, line: Int = #line,
        _ body: () async throws -> Result
    ) async throws -> Result {
        let lease = lent.lease
        let number = try await lent.call(SourceLocation(file: file, line: line)) { (_) throws(PostgresError) in
            lease.addNoticeHandler(handler)
        }
        defer { lease.removeNoticeHandler(number) }
        return try await body()
    }
}
