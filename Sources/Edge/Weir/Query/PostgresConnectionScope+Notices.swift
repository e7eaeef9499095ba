public import PGSession

extension PostgresConnectionScope where Self: ~Copyable {
    /// Passes the server's notices to a handler while `body` runs: `RAISE NOTICE`, `DROP TABLE IF EXISTS` without a
    /// table, …
    ///
    /// If several handlers are active on one connection, only the latest is called. After the end of the connection's
    /// closure none is called any more.
    ///
    /// - Parameter handler: called for each notice, in order, before the answer to its statement. It must not block.
    @discardableResult
    public func withNotices<Result>(
        to handler: @escaping @Sendable (ServerError) -> Void, file: String = #fileID, line: Int = #line,
        _ body: () async throws -> Result
    ) async throws -> Result {
        let lease = handle.lease
        let number = try await handle.call(SourceLocation(file: file, line: line)) { (_) throws(PostgresError) in
            lease.addNoticeHandler(handler)
        }
        defer { lease.removeNoticeHandler(number) }
        return try await body()
    }
}
