/// The one-byte tag that opens a message; what it means depends on who sent it.
///
/// Source: PostgreSQL, protocol-message-formats.html
package struct MessageType: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8
    @inlinable package init(rawValue: UInt8) { self.rawValue = rawValue }

    // Written out and inlinable, like the constants below: the scanner's callers compare types for every message, and
    // the generic comparison of raw values and lazily made constants took 5 % of the pooler's own processor time.
    @inlinable package static func == (left: MessageType, right: MessageType) -> Bool {
        left.rawValue == right.rawValue
    }

    /// For `switch`.
    @inlinable package static func ~= (pattern: MessageType, type: MessageType) -> Bool {
        pattern.rawValue == type.rawValue
    }
}

extension MessageType: ExpressibleByUnicodeScalarLiteral {
    @inlinable package init(unicodeScalarLiteral value: Unicode.Scalar) { self.init(rawValue: UInt8(ascii: value)) }
}

/// Messages a frontend sends.
package enum FrontendMessage {
    @inlinable package static var bind: MessageType { "B" }
    @inlinable package static var close: MessageType { "C" }
    @inlinable package static var copyData: MessageType { "d" }
    @inlinable package static var copyDone: MessageType { "c" }
    @inlinable package static var copyFail: MessageType { "f" }
    @inlinable package static var describe: MessageType { "D" }
    @inlinable package static var execute: MessageType { "E" }
    @inlinable package static var flush: MessageType { "H" }
    @inlinable package static var functionCall: MessageType { "F" }
    @inlinable package static var parse: MessageType { "P" }
    /// PasswordMessage, SASLInitialResponse, SASLResponse and GSSResponse share one tag.
    @inlinable package static var password: MessageType { "p" }
    @inlinable package static var query: MessageType { "Q" }
    @inlinable package static var sync: MessageType { "S" }
    @inlinable package static var terminate: MessageType { "X" }
}

/// Messages a backend sends.
package enum BackendMessage {
    @inlinable package static var authentication: MessageType { "R" }
    @inlinable package static var backendKeyData: MessageType { "K" }
    @inlinable package static var bindComplete: MessageType { "2" }
    @inlinable package static var closeComplete: MessageType { "3" }
    @inlinable package static var commandComplete: MessageType { "C" }
    @inlinable package static var copyData: MessageType { "d" }
    @inlinable package static var copyDone: MessageType { "c" }
    @inlinable package static var copyInResponse: MessageType { "G" }
    @inlinable package static var copyOutResponse: MessageType { "H" }
    @inlinable package static var copyBothResponse: MessageType { "W" }
    @inlinable package static var dataRow: MessageType { "D" }
    @inlinable package static var emptyQueryResponse: MessageType { "I" }
    @inlinable package static var errorResponse: MessageType { "E" }
    @inlinable package static var functionCallResponse: MessageType { "V" }
    @inlinable package static var negotiateProtocolVersion: MessageType { "v" }
    @inlinable package static var noData: MessageType { "n" }
    @inlinable package static var noticeResponse: MessageType { "N" }
    @inlinable package static var notificationResponse: MessageType { "A" }
    @inlinable package static var parameterDescription: MessageType { "t" }
    @inlinable package static var parameterStatus: MessageType { "S" }
    @inlinable package static var parseComplete: MessageType { "1" }
    @inlinable package static var portalSuspended: MessageType { "s" }
    @inlinable package static var readyForQuery: MessageType { "Z" }
    @inlinable package static var rowDescription: MessageType { "T" }
}

extension FrontendMessage {
    /// The three messages that carry a COPY to the server.
    package static func isCopy(_ type: MessageType) -> Bool {
        type == copyData || type == copyDone || type == copyFail
    }

    /// Whether a client that is logged in may send this message: everything but passwords and what does not exist.
    package static func isAllowedAfterLogin(_ type: UInt8) -> Bool {
        switch MessageType(rawValue: type) {
        case query, functionCall, parse, bind, describe, execute, close, flush, sync, copyData, copyDone, copyFail,
            terminate:
            true
        default: false
        }
    }
}
