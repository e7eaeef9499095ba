/// Why one attempt to connect came to nothing.
package struct ConnectFailure: Error, Hashable, Sendable {
    /// What happened, as far as it decides what is tried next.
    package enum Kind: Hashable, Sendable {
        /// The name has no address, or nobody listens there.
        case unreachable
        /// `connect_timeout` is over.
        case timedOut
        /// The connection broke before the server said anything about the log-in, or in the middle of it.
        case lost
        /// TLS was wanted and could not be set up, or the certificate does not convince.
        case tls
        /// `sslmode` demands TLS, which the server does not offer.
        case tlsNotOffered
        /// The server said no.
        case server(ServerError)
        /// The log-in broke a rule of ours; see ``LogInError/authentication(_:)``.
        case authentication
        /// What answers is no PostgreSQL, or wants no good.
        case protocolViolation
        /// The server is well, but not of the kind that `target_session_attrs` asks for.
        case unsuitable
        /// An option cannot be obeyed, whatever the server.
        case configuration
    }

    /// What happened.
    package var kind: Kind
    /// Whether TLS was up by then.
    package var isEncrypted: Bool
    /// For people, in one line or more: which server, and what it was. Without secrets.
    package var message: String

    /// An attempt's end.
    package init(_ kind: Kind, _ message: String, isEncrypted: Bool = false) {
        self.kind = kind
        self.isEncrypted = isEncrypted
        self.message = message
    }
}
