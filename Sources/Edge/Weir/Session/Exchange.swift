import NIOCore
import PGSession

/// One call and its answer, from submission to completion. Bound to the session's event loop.
///
/// The session calls ``begin(_:)`` when everything before has been answered, then ``receive(_:_:_:)`` for each message
/// up to the last ReadyForQuery, for which ``isFinished`` is true, then ``finish(_:)`` once. It may call ``finish(_:)``
/// with an error at any time, as the last call.
class Exchange {
    let token: CallToken
    /// The statement shown in errors.
    let sql: String?
    /// The time limit; it is measured from ``clockStart``.
    let timeout: TimeAmount?
    /// The instant from which ``timeout`` is measured.
    var clockStart = NIODeadline.now()
    var timer: Scheduled<Void>?
    /// Why the exchange was stopped. Its answer is still read to the end, and discarded.
    var stopReason: PostgresError?

    init(_ token: CallToken, sql: String?, timeout: TimeAmount?) {
        (self.token, self.sql, self.timeout) = (token, sql, timeout)
    }

    /// Whether the exchange ends with the next ReadyForQuery, if one is due.
    var isFinished: Bool { true }
    /// Whether it may begin although the encoding is not UTF-8, because it restores UTF-8.
    var restoresEncoding: Bool { false }
    /// Whether the server waits for the application; that time does not count.
    var isWaitingForApplication: Bool { false }
    /// Returns whether to stop reading until the application has consumed some data.
    func pausesReading() -> Bool { false }

    func begin(_ session: SessionHandler) {}
    func receive(_ meaning: AnswerQueue.Meaning, _ body: RawSpan, _ session: SessionHandler) throws(SessionError) {}
    func receiveRow(_ body: RawSpan) throws(SessionError) {}
    /// Called when everything that was received has been passed in.
    func readIsComplete(_ session: SessionHandler) {}
    /// Called after ``stopReason`` was set: makes the server proceed to ReadyForQuery.
    func stop(_ session: SessionHandler) {}
    /// Passes the answer or the error to the application.
    func finish(_ error: PostgresError?) {}
}

extension PostgresError {
    /// Returns the same error with the statement's text added.
    func about(_ sql: String?) -> PostgresError {
        var error = self
        if error.query == nil { error.query = sql }
        return error
    }

    static func cancelled(_ sql: String?) -> PostgresError {
        PostgresError(.cancelled, "the task was cancelled").about(sql)
    }

    static var copyMisuse: PostgresError {
        PostgresError(.misuse, "COPY with STDIN or STDOUT requires copyIn or copyOut")
    }

    static func unsendable(_ sql: String) -> PostgresError {
        PostgresError(.misuse, "the statement contains a zero byte or is too long").about(sql)
    }
}
