/// The reading end of COPY TO STDOUT: pieces of any size, in text or binary format as the statement says.
///
/// If it is released before its end, the statement is stopped on the server.
package final class CopyOutStream: Sendable {
    private let session: PostgresSession
    private let token: CallToken
    private let inbox: Inbox<[UInt8], PostgresCommandTag>

    init(_ session: PostgresSession, _ token: CallToken, _ inbox: Inbox<[UInt8], PostgresCommandTag>) {
        (self.session, self.token, self.inbox) = (session, token, inbox)
    }

    deinit { if inbox.end == nil { session.abandon(token) } }

    /// Returns the next bytes, at least one; `nil` after the last.
    package func next() async throws(PostgresError) -> [UInt8]? { try await session.next(token, inbox) }

    /// The statement's command tag; `nil` until the end has been received.
    package var tag: PostgresCommandTag? { if case .success(let tag) = inbox.end { tag } else { nil } }

    /// Stops the statement on the server.
    package func cancel() { session.abandon(token) }
}
