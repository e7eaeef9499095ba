package import PGWire

/// Why a client is sent away during its log-in, and what it is told.
package struct LoginRefusal: Hashable, Sendable {
    /// For the log, in PgBouncer's words: `closing because: …`.
    package var reason: String
    package var answer: Answer

    package enum Answer: Hashable, Sendable {
        /// The connection is closed without a word.
        case nothing
        case error(ErrorFields)
        /// The error message of protocol 2 and before: `E`, text, zero byte.
        case oldError(String)

        /// The bytes to send.
        package var encoded: [UInt8] {
            var writer = WireWriter()
            switch self {
            case .nothing: break
            case .error(let fields): fields.encode(BackendMessage.errorResponse, into: &writer)
            case .oldError(let text):
                writer.byte(UInt8(ascii: "E"))
                writer.cString(text)
            }
            return writer.bytes
        }
    }

    /// The client is told the reason itself.
    package init(_ reason: String, code: SQLState = .protocolViolation) {
        self.reason = reason
        answer = .error(ErrorFields(severity: .fatal, code: code, message: reason))
    }

    package init(_ reason: String, answer: Answer) {
        self.reason = reason
        self.answer = answer
    }

    /// The client is told nothing.
    package static func silent(_ reason: String) -> LoginRefusal { LoginRefusal(reason, answer: .nothing) }

    /// The proof is wrong or the user does not exist: one answer for every cause.
    ///
    /// The client gets PostgreSQL's words. PgBouncer says no more than the reason, and programs look for it in the
    /// error of a SCRAM exchange, so it follows as the detail there.
    package static func wrongPassword(user: String, usingSASL: Bool) -> LoginRefusal {
        let reason = usingSASL ? "SASL authentication failed" : "password authentication failed"
        let fields = ErrorFields(
            severity: .fatal, code: .invalidPassword, message: "password authentication failed for user \"\(user)\"",
            detail: usingSASL ? reason : nil)
        return LoginRefusal(reason, answer: .error(fields))
    }
}

/// A log line about a log-in, without the name of the connection.
package struct LoginNote: Hashable, Sendable {
    package enum Level: Hashable, Sendable {
        case log, warning, error
    }

    package var level: Level
    package var text: String

    package init(_ level: Level, _ text: String) {
        self.level = level
        self.text = text
    }
}
