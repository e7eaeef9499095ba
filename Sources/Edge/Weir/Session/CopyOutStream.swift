/// What COPY TO STDOUT gives, in pieces of any size: text or binary, as the statement says.
///
/// Dropped before its end, it stops the statement on the server.
package final class CopyOutStream: Sendable {
    private let session: PostgresSession
    private let token: CallToken
    private let inbox: Inbox<[UInt8], PostgresCommandTag>

    init(_ session: PostgresSession, _ token: CallToken, _ inbox: Inbox<[UInt8], PostgresCommandTag>) {
        (self.session, self.token, self.inbox) = (session, token, inbox)
    }

    deinit { if inbox.end == nil { session.abandon(token) } }

    /// The next bytes, at least one; `nil` behind the last.
    package func next() async throws(PostgresError) -> [UInt8]? { try await session.next(token, inbox) }

    /// What the statement did; `nil` before the end has been received.
    package var tag: PostgresCommandTag? { if case .success(let tag) = inbox.end { tag } else { nil } }

    /// Stops the statement on the server.
    package func cancel() { session.abandon(token) }
}
