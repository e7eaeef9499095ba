/// The failure of one attempt to connect.
package struct ConnectFailure: Error, Hashable, Sendable {
    /// The kind of a failure, which determines what is tried next.
    package enum Kind: Hashable, Sendable {
        /// The name has no address, or no server listens at the address.
        case unreachable
        /// `connect_timeout` has expired.
        case timedOut
        /// The connection broke before the server answered the log-in, or in the middle of it.
        case lost
        /// TLS could not be negotiated, or the certificate is not valid.
        case tls
        /// `sslmode` requires TLS, which the server does not offer.
        case tlsNotOffered
        /// The server refused the log-in.
        case server(ServerError)
        /// The server violated the client's authentication rules; see ``LogInError/authentication(_:)``.
        case authentication
        /// The peer is not a PostgreSQL server, or is malicious.
        case protocolViolation
        /// The server does not satisfy `target_session_attrs`.
        case unsuitable
        /// An option cannot be satisfied, whatever the server.
        case configuration
    }

    /// The kind of the failure.
    package var kind: Kind
    /// Whether TLS was established when it occurred.
    package var isEncrypted: Bool
    /// The server and the reason, in one or more lines, for display. Without secrets.
    package var message: String

    /// Creates a failure.
    package init(_ kind: Kind, _ message: String, isEncrypted: Bool = false) {
        self.kind = kind
        self.isEncrypted = isEncrypted
        self.message = message
    }
}
