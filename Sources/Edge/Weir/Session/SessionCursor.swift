import PGSession
package import PGTypes

/// A statement executed in portions: the server continues when the client fetches more.
///
/// It exists only within a transaction. Other statements may run in between.
package final class SessionCursor: Sendable {
    /// The columns of the rows.
    package let columns: PostgresColumns
    private let session: PostgresSession
    private let portal: String

    init(_ session: PostgresSession, portal: String, columns: PostgresColumns) {
        (self.session, self.portal, self.columns) = (session, portal, columns)
    }

    /// Fetches up to `count` more rows, and reports whether there may be more.
    package func fetch(
        _ count: Int32, timeout: Duration? = nil
    ) async throws(PostgresError) -> (rows: PostgresRows, hasMore: Bool) {
        let item = StatementExchange.Item.fetch(portal: portal, columns: columns, maximumRows: max(1, count))
        let outcome: StatementOutcome = try await session.call(timeout) { token, timeout, continuation in
            StatementExchange(
                token, [item], timeout: timeout, requiresTransaction: true, SingleDelivery(continuation))
        }
        return (outcome.rows, outcome.isSuspended)
    }

    /// Closes the cursor on the server. The end of its transaction also closes it.
    package func close() async throws(PostgresError) {
        let portal = portal
        let _: StatementOutcome = try await session.call(nil) { token, timeout, continuation in
            StatementExchange(token, [.closePortal(portal)], timeout: timeout, SingleDelivery(continuation))
        }
    }
}

extension PostgresSession {
    /// Executes a statement whose rows are fetched in portions. Only in a transaction.
    ///
    /// - Returns: the cursor and its first rows, up to `count` of them.
    package func cursor(
        _ query: PostgresQuery, fetching count: Int32, timeout: Duration? = nil
    ) async throws(PostgresError) -> (cursor: SessionCursor, rows: PostgresRows, hasMore: Bool) {
        let portal = newPortalName()
        let item = StatementExchange.Item.query(query, portal: portal, maximumRows: max(1, count))
        let outcome: StatementOutcome = try await call(timeout) { token, timeout, continuation in
            StatementExchange(
                token, [item], timeout: timeout, requiresTransaction: true, SingleDelivery(continuation))
        }
        let cursor = SessionCursor(self, portal: portal, columns: outcome.columns ?? PostgresColumns([]))
        return (cursor, outcome.rows, outcome.isSuspended)
    }
}
