import PGTypes

/// The rows of a statement in batches, as they arrive. A slow reader makes the server wait.
///
/// If it is released before its end, the statement is stopped on the server.
package final class RowStream: Sendable {
    /// The columns; none for a statement that returns no rows.
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

    /// Returns the next rows, at least one; `nil` after the last.
    package func next() async throws(PostgresError) -> PostgresRows? { try await session.next(token, inbox) }

    /// The statement's command tag; `nil` until the end has been received.
    package var tag: PostgresCommandTag? { if case .success(let tag) = inbox.end { tag } else { nil } }

    /// Stops the statement on the server. Rows that have not been read are discarded; ``next()`` throws `cancelled`.
    ///
    /// Returns at once; later calls wait until the connection is ready for them.
    package func cancel() { session.abandon(token) }
}
