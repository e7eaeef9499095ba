import NIOCore
import PGSession
import PGWire

/// Waits until everything before is over, leaves the transaction if there is one, and goes back to UTF-8.
final class SettlingExchange: Exchange {
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
        // What it was at the log-in.
        if session.foreignEncoding != nil { statements.append("RESET client_encoding") }
        guard !statements.isEmpty else { return }
        session.writer.simpleQuery(statements.joined(separator: "; "))
        session.answers.expect(.script)
    }

    override func receive(
        _ meaning: AnswerQueue.Meaning, _ body: RawSpan, _ session: SessionHandler
    ) throws(SessionError) {
        if meaning == .error { hasFailed = true }
        guard meaning == .ready else { return }
        if session.transactionStatus != .idle || session.foreignEncoding != nil { hasFailed = true }
    }

    override func finish(_ error: PostgresError?) { continuation.resume(returning: error == nil && !hasFailed) }
}
