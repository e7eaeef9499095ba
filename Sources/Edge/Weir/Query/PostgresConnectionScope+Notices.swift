public import PGSession

extension PostgresConnectionScope where Self: ~Copyable {
    /// Hands over what the server remarks while `body` runs: `RAISE NOTICE`, `DROP TABLE IF EXISTS` without a table, …
    ///
    /// - Parameter handler: Called for each remark, in their order, before the answer to its statement. It must not block.
    @discardableResult
    public func withNotices<Result>(
        to handler: @escaping @Sendable (ServerError) -> Void, file: String = #fileID, line: Int = #line,
        _ body: () async throws -> Result
    ) async throws -> Result {
        let session = try await lent.call(SourceLocation(file: file, line: line)) { (session) throws(PostgresError) in
            session
        }
        let outer = session.onNotice
        session.onNotice = handler
        defer { session.onNotice = outer }
        return try await body()
    }
}
