/// The one-byte tag at the start of a message; its meaning depends on the sender.
///
/// Source: PostgreSQL, protocol-message-formats.html
@frozen public struct MessageType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

    // Explicit and inlinable, like the constants below: the scanner's callers compare types for every message. Public
    // because the compiler does not inline `package` declarations across modules.
    @inlinable public static func == (left: MessageType, right: MessageType) -> Bool {
        left.rawValue == right.rawValue
    }

    /// Allows message types as patterns in `switch`.
    @inlinable public static func ~= (pattern: MessageType, type: MessageType) -> Bool {
        pattern.rawValue == type.rawValue
    }
}

extension MessageType: ExpressibleByUnicodeScalarLiteral {
    @inlinable public init(unicodeScalarLiteral value: Unicode.Scalar) { self.init(rawValue: UInt8(ascii: value)) }
}

/// The messages that a frontend sends.
public enum FrontendMessage {
    @inlinable public static var bind: MessageType { "B" }
    @inlinable public static var close: MessageType { "C" }
    @inlinable public static var copyData: MessageType { "d" }
    @inlinable public static var copyDone: MessageType { "c" }
    @inlinable public static var copyFail: MessageType { "f" }
    @inlinable public static var describe: MessageType { "D" }
    @inlinable public static var execute: MessageType { "E" }
    @inlinable public static var flush: MessageType { "H" }
    @inlinable public static var functionCall: MessageType { "F" }
    @inlinable public static var parse: MessageType { "P" }
    /// PasswordMessage, SASLInitialResponse, SASLResponse and GSSResponse share one tag.
    @inlinable public static var password: MessageType { "p" }
    @inlinable public static var query: MessageType { "Q" }
    @inlinable public static var sync: MessageType { "S" }
    @inlinable public static var terminate: MessageType { "X" }
}

/// The messages that a backend sends.
public enum BackendMessage {
    @inlinable public static var authentication: MessageType { "R" }
    @inlinable public static var backendKeyData: MessageType { "K" }
    @inlinable public static var bindComplete: MessageType { "2" }
    @inlinable public static var closeComplete: MessageType { "3" }
    @inlinable public static var commandComplete: MessageType { "C" }
    @inlinable public static var copyData: MessageType { "d" }
    @inlinable public static var copyDone: MessageType { "c" }
    @inlinable public static var copyInResponse: MessageType { "G" }
    @inlinable public static var copyOutResponse: MessageType { "H" }
    @inlinable public static var copyBothResponse: MessageType { "W" }
    @inlinable public static var dataRow: MessageType { "D" }
    @inlinable public static var emptyQueryResponse: MessageType { "I" }
    @inlinable public static var errorResponse: MessageType { "E" }
    @inlinable public static var functionCallResponse: MessageType { "V" }
    @inlinable public static var negotiateProtocolVersion: MessageType { "v" }
    @inlinable public static var noData: MessageType { "n" }
    @inlinable public static var noticeResponse: MessageType { "N" }
    @inlinable public static var notificationResponse: MessageType { "A" }
    @inlinable public static var parameterDescription: MessageType { "t" }
    @inlinable public static var parameterStatus: MessageType { "S" }
    @inlinable public static var parseComplete: MessageType { "1" }
    @inlinable public static var portalSuspended: MessageType { "s" }
    @inlinable public static var readyForQuery: MessageType { "Z" }
    @inlinable public static var rowDescription: MessageType { "T" }
}

extension FrontendMessage {
    /// Whether this is one of the three messages that carry COPY data to the server.
    @inlinable public static func isCopy(_ type: MessageType) -> Bool {
        type == copyData || type == copyDone || type == copyFail
    }

    /// Whether a client may send this message after log-in: every frontend message except passwords.
    @inlinable public static func isAllowedAfterLogin(_ type: UInt8) -> Bool {
        switch MessageType(rawValue: type) {
        case query, functionCall, parse, bind, describe, execute, close, flush, sync, copyData, copyDone, copyFail,
            terminate:
            true
        default: false
        }
    }
}
