import PGTypes

/// The rows of a statement as they come in, in batches. Whoever reads slowly makes the server wait.
///
/// Dropped before its end, it stops the statement on the server.
package final class RowStream: Sendable {
    /// What the rows consist of; none for a statement that returns no rows.
    package let columns: PostgresColumns
    private let session: PostgresSession
    private let token: CallToken
    private let inbox: Inbox<PostgresRows, PostgresCommandTag>

    init(
        _ session: PostgresSession, _ token: CallToken, _ inbox: Inbox<PostgresRows, PostgresCommandTag>,
        columns: PostgresColumns?
    ) {
        (self.session, self.token, self.inbox) = (session, token, inbox)
        self.columns = columns ?? PostgresColumns([])
    }

    deinit { if inbox.end == nil { session.abandon(token) } }

    /// The next rows, at least one; `nil` behind the last.
    package func next() async throws(PostgresError) -> PostgresRows? { try await session.next(token, inbox) }

    /// What the statement did; `nil` before the end has been received.
    package var tag: PostgresCommandTag? { if case .success(let tag) = inbox.end { tag } else { nil } }

    /// Stops the statement on the server. Rows that have not been read are lost; ``next()`` throws `cancelled`.
    ///
    /// Returns at once; calls that come after it wait until the connection is clean.
    package func cancel() { session.abandon(token) }
}
