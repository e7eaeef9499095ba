import NIOCore
import PGSession

/// One call and its answer, while it waits for its turn and while it has it. Bound to the session's event loop.
///
/// The session calls ``begin(_:)`` when everything before has been answered, then ``receive(_:_:_:)`` for each message
/// up to the last ReadyForQuery, for which ``isFinished`` is true, then ``finish(_:)`` once; or ``finish(_:)`` with an
/// error at any time, which then is the last.
class Exchange {
    let token: CallToken
    /// What to show in errors.
    let sql: String?
    /// How long it may take; what that means is for ``clockStart``.
    let timeout: TimeAmount?
    /// Since when the time is taken.
    var clockStart = NIODeadline.now()
    var timer: Scheduled<Void>?
    /// Why it was stopped. Its answer is read to its end all the same, and not looked at.
    var stopReason: PostgresError?

    init(_ token: CallToken, sql: String?, timeout: TimeAmount?) {
        (self.token, self.sql, self.timeout) = (token, sql, timeout)
    }

    /// Whether the next ReadyForQuery, if one is owed, was the last.
    var isFinished: Bool { true }
    /// Whether it may begin although texts are not UTF-8, because it sees to it that they are again.
    var restoresEncoding: Bool { false }
    /// Whether the server waits for the application, which may take its time.
    var isWaitingForApplication: Bool { false }
    /// Whether to stop reading until the application has taken something.
    func pausesReading() -> Bool { false }

    func begin(_ session: SessionHandler) {}
    func receive(_ meaning: AnswerQueue.Meaning, _ body: RawSpan, _ session: SessionHandler) throws(SessionError) {}
    func receiveRow(_ body: RawSpan) throws(SessionError) {}
    /// Everything that has been received was handed in.
    func readIsComplete(_ session: SessionHandler) {}
    /// ``stopReason`` was set: makes sure that the server comes to ReadyForQuery.
    func stop(_ session: SessionHandler) {}
    /// Gives the application its answer, or the error.
    func finish(_ error: PostgresError?) {}
}

extension PostgresError {
    /// The same error about a statement.
    func about(_ sql: String?) -> PostgresError {
        var error = self
        if error.query == nil { error.query = sql }
        return error
    }

    static func cancelled(_ sql: String?) -> PostgresError {
        PostgresError(.cancelled, "the task was cancelled").about(sql)
    }

    static var copyMisuse: PostgresError {
        PostgresError(.misuse, "COPY with STDIN or STDOUT has calls of its own: copyIn and copyOut")
    }

    static func unsendable(_ sql: String) -> PostgresError {
        PostgresError(.misuse, "the statement holds a zero byte or is too long").about(sql)
    }
}
