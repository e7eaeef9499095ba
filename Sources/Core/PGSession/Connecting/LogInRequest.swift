import PGAuth
package import PGConnInfo

/// The data of a log-in: the user, the secrets, and the requirements for the server.
package struct LogInRequest: Sendable, Redacted {
    /// The role, which is part of the MD5 hash.
    package var user: String
    /// The password; `nil` or empty if there is none.
    package var password: Secret?
    /// The `scram_client_key`, used instead of a password.
    package var scramClientKey: Secret?
    /// The `scram_server_key`, used instead of a password.
    package var scramServerKey: Secret?
    /// The parameters of the start-up message, including the role and the database.
    package var parameters: [ConnectionOptions.Parameter]
    /// The acceptable protocol versions; the highest is requested.
    package var versions: ClosedRange<ConnectionOptions.ProtocolVersion>
    /// The acceptable authentication methods.
    package var requireAuth: RequireAuth
    /// The text of `require_auth`, for messages.
    package var requireAuthText: String
    /// Whether the authentication must be bound to the TLS connection.
    package var channelBinding: ConnectionOptions.ChannelBinding

    /// Creates a request from connection options.
    ///
    /// - Parameter password: the host's password; it may differ between hosts.
    package init(_ options: ConnectionOptions, password: Secret?) {
        // Swift's strings are UTF-8, whatever the default of the database or the role is.
        var options = options
        options.clientEncoding = .named("UTF8")
        user = options.user
        self.password = password
        scramClientKey = options.scramClientKey
        scramServerKey = options.scramServerKey
        parameters = options.startupParameters()
        versions = options.protocolVersions
        requireAuth = options.requireAuth
        requireAuthText = options.settings[.requireAuth] ?? ""
        channelBinding = options.channelBinding
    }
}

/// The transport over which a log-in takes place.
package enum LogInTransport: Hashable, Sendable {
    /// TCP without TLS, or a Unix socket.
    case plain
    /// TLS, with the hash of the server's certificate for `tls-server-end-point`, if its signature has one.
    case tls(certificateHash: [UInt8]?)
}
