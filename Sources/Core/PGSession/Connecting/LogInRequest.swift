import PGAuth
package import PGConnInfo

/// Who wants to log in, and what the server has to do for it.
package struct LogInRequest: Sendable, Redacted {
    /// The role, for MD5, which hashes it.
    package var user: String
    /// The password; `nil` or empty if there is none.
    package var password: Secret?
    /// Instead of a password: `scram_client_key`.
    package var scramClientKey: Secret?
    /// Instead of a password: `scram_server_key`.
    package var scramServerKey: Secret?
    /// What goes into the first message, the role and the database among it.
    package var parameters: [ConnectionOptions.Parameter]
    /// The versions of the protocol that will do; the upper one is asked for.
    package var versions: ClosedRange<ConnectionOptions.ProtocolVersion>
    /// What the server may be content with.
    package var requireAuth: RequireAuth
    /// `require_auth` as it was written, for messages.
    package var requireAuthText: String
    /// Whether the proof has to be bound to the TLS connection.
    package var channelBinding: ConnectionOptions.ChannelBinding

    /// Takes all of it from connection options.
    ///
    /// - Parameter password: that of the host; it differs from host to host.
    package init(_ options: ConnectionOptions, password: Secret?) {
        // Texts are Swift's and nothing else, whatever the database or the role has as its default.
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

/// How the connection is protected on which a log-in takes place.
package enum LogInTransport: Hashable, Sendable {
    /// TCP without TLS, or a Unix socket.
    case plain
    /// TLS. The hash of the server's certificate for `tls-server-end-point`, if its signature has one.
    case tls(certificateHash: [UInt8]?)
}
