import NIOCore
import PGSession
import PGWire

/// Waits until all earlier calls have ended, rolls back an open transaction, and restores UTF-8.
final class CleanupExchange: Exchange {
    private let continuation: CheckedContinuation<Bool, Never>
    private var hasFailed = false

    init(timeout: TimeAmount, _ continuation: CheckedContinuation<Bool, Never>) {
        self.continuation = continuation
        super.init(CallToken(), sql: nil, timeout: timeout)
    }

    override var restoresEncoding: Bool { true }

    override func begin(_ session: SessionHandler) {
        var statements: [String] = []
        if session.transactionStatus != .idle { statements.append("ROLLBACK") }
        // Restores the value from the log-in.
        if session.unsupportedEncoding != nil { statements.append("RESET client_encoding") }
        guard !statements.isEmpty else { return }
        session.writer.simpleQuery(statements.joined(separator: "; "))
        session.answers.expect(.script)
    }

    override func receive(
        _ meaning: AnswerQueue.Meaning, _ body: RawSpan, _ session: SessionHandler
    ) throws(SessionError) {
        if meaning == .error { hasFailed = true }
        guard meaning == .ready else { return }
        if session.transactionStatus != .idle || session.unsupportedEncoding != nil { hasFailed = true }
    }

    override func finish(_ error: PostgresError?) { continuation.resume(returning: error == nil && !hasFailed) }
}
