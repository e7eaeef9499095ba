import PGWire

/// The error of a statement, a log-in or a connection.
package struct ServerError: Error, Hashable, Sendable {
    /// An SQLSTATE, or a word of weir bench, see ``FailureKind/code``.
    package let code: String
    package let message: String

    package init(code: String, message: String) {
        self.code = code
        self.message = message
    }
}

extension ServerError {
    init(_ fields: ErrorFields) {
        self.init(code: fields.code.rawValue, message: "\(fields.severity): \(fields.message)")
    }

    /// The peer violated the protocol.
    static func protocolError(_ what: String) -> ServerError { ServerError(code: "protocol", message: what) }

    static let closed = ServerError(code: "closed", message: "the server closed the connection unexpectedly")
}
