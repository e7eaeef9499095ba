/// The one-byte tag that opens a message; what it means depends on who sent it.
///
/// Source: PostgreSQL, protocol-message-formats.html
package struct MessageType: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
}

extension MessageType: ExpressibleByUnicodeScalarLiteral {
    package init(unicodeScalarLiteral value: Unicode.Scalar) { rawValue = UInt8(ascii: value) }
}

/// Messages a frontend sends.
package enum FrontendMessage {
    package static let bind: MessageType = "B"
    package static let close: MessageType = "C"
    package static let copyData: MessageType = "d"
    package static let copyDone: MessageType = "c"
    package static let copyFail: MessageType = "f"
    package static let describe: MessageType = "D"
    package static let execute: MessageType = "E"
    package static let flush: MessageType = "H"
    package static let functionCall: MessageType = "F"
    package static let parse: MessageType = "P"
    /// PasswordMessage, SASLInitialResponse, SASLResponse and GSSResponse share one tag.
    package static let password: MessageType = "p"
    package static let query: MessageType = "Q"
    package static let sync: MessageType = "S"
    package static let terminate: MessageType = "X"
}

/// Messages a backend sends.
package enum BackendMessage {
    package static let authentication: MessageType = "R"
    package static let backendKeyData: MessageType = "K"
    package static let bindComplete: MessageType = "2"
    package static let closeComplete: MessageType = "3"
    package static let commandComplete: MessageType = "C"
    package static let copyData: MessageType = "d"
    package static let copyDone: MessageType = "c"
    package static let copyInResponse: MessageType = "G"
    package static let copyOutResponse: MessageType = "H"
    package static let copyBothResponse: MessageType = "W"
    package static let dataRow: MessageType = "D"
    package static let emptyQueryResponse: MessageType = "I"
    package static let errorResponse: MessageType = "E"
    package static let functionCallResponse: MessageType = "V"
    package static let negotiateProtocolVersion: MessageType = "v"
    package static let noData: MessageType = "n"
    package static let noticeResponse: MessageType = "N"
    package static let notificationResponse: MessageType = "A"
    package static let parameterDescription: MessageType = "t"
    package static let parameterStatus: MessageType = "S"
    package static let parseComplete: MessageType = "1"
    package static let portalSuspended: MessageType = "s"
    package static let readyForQuery: MessageType = "Z"
    package static let rowDescription: MessageType = "T"
}

extension FrontendMessage {
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
