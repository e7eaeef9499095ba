extension ConnectionString {
    /// The keywords that a connection string can set: every keyword of libpq 18, in libpq's order.
    ///
    /// The raw value is libpq's spelling. `requiressl`, which libpq still accepts and converts to `sslmode`, is not
    /// among them.
    ///
    /// Source: PostgreSQL 18, libpq-connect.html#LIBPQ-PARAMKEYWORDS
    public enum Keyword: String, CaseIterable, Hashable, Sendable {
        /// A section of the service file that contains further options.
        case service
        /// The role to log in as. Default: the operating system user.
        case user
        /// The password. An empty one counts as not set.
        case password
        /// The password file. Default `~/.pgpass`.
        case passfile
        /// `disable`, `prefer` (default) or `require`.
        case channelBinding = "channel_binding"
        /// Seconds to wait for each address; 0 or less waits for ever. Default: for ever.
        case connectTimeout = "connect_timeout"
        /// The database. Default: the role's name.
        case dbname
        /// Host names, IP addresses, or socket directories (beginning with `/` or `@`), separated by commas.
        case host
        /// IP addresses, separated by commas; `host` is not looked up then.
        case hostaddr
        /// TCP ports, separated by commas: one for all hosts, or one for each. Default 5432.
        case port
        /// The session's character encoding; `auto` means the locale's.
        case clientEncoding = "client_encoding"
        /// Command-line options for the server, as in `-c name=value`.
        case options
        /// The name shown in `pg_stat_activity`.
        case applicationName = "application_name"
        /// The name shown if ``applicationName`` is not set.
        case fallbackApplicationName = "fallback_application_name"
        /// `0` disables TCP keepalives. Default 1.
        case keepalives
        /// Seconds without traffic before the first keepalive; 0 for the system's default.
        case keepalivesIdle = "keepalives_idle"
        /// Seconds between keepalives; 0 for the system's default.
        case keepalivesInterval = "keepalives_interval"
        /// Keepalives that may be lost; 0 for the system's default.
        case keepalivesCount = "keepalives_count"
        /// Milliseconds that sent data may stay unacknowledged; 0 for the system's default.
        case tcpUserTimeout = "tcp_user_timeout"
        /// `disable`, `allow`, `prefer` (default), `require`, `verify-ca` or `verify-full`.
        case sslmode
        /// `postgres` (default) requests TLS within the protocol; `direct` starts with TLS. Since libpq 17.
        case sslnegotiation
        /// `1` enables TLS compression, if the TLS library supports it. Default 0.
        case sslcompression
        /// The file of the client's certificate.
        case sslcert
        /// The file of the private key of the client's certificate.
        case sslkey
        /// `disable`, `allow` (default) or `require` a client certificate. Since libpq 16.
        case sslcertmode
        /// The passphrase of ``sslkey``.
        case sslpassword
        /// The file of trusted certificates; `system` uses the operating system's.
        case sslrootcert
        /// A file of revoked certificates.
        case sslcrl
        /// A directory of revoked certificates.
        case sslcrldir
        /// `0` omits the host name from the TLS handshake. Default 1.
        case sslsni
        /// The operating system user that must own the server's socket.
        case requirepeer
        /// The authentication methods that the server may use, or with `!` may not. Since libpq 16.
        case requireAuth = "require_auth"
        /// The lowest protocol version, such as `3.0`. Since libpq 18.
        case minProtocolVersion = "min_protocol_version"
        /// The highest protocol version, such as `3.2` or `latest`. Since libpq 18.
        case maxProtocolVersion = "max_protocol_version"
        /// The lowest TLS version. Default `TLSv1.2`.
        case sslMinProtocolVersion = "ssl_min_protocol_version"
        /// The highest TLS version. Default: no limit.
        case sslMaxProtocolVersion = "ssl_max_protocol_version"
        /// `disable`, `prefer` or `require` GSSAPI encryption.
        case gssencmode
        /// The server's Kerberos service name. Default `postgres`.
        case krbsrvname
        /// The GSS library, `gssapi` or `sspi`.
        case gsslib
        /// `1` forwards credentials to the server. Default 0. Since libpq 17.
        case gssdelegation
        /// `true` or `database` for a replication connection.
        case replication
        /// `any` (default), `read-write`, `read-only`, `primary`, `standby` or `prefer-standby`.
        case targetSessionAttrs = "target_session_attrs"
        /// `random` tries hosts and addresses in random order. Default `disable`. Since libpq 16.
        case loadBalanceHosts = "load_balance_hosts"
        /// A SCRAM ClientKey in base64, instead of a password. Since libpq 18.
        case scramClientKey = "scram_client_key"
        /// A SCRAM ServerKey in base64, instead of a password. Since libpq 18.
        case scramServerKey = "scram_server_key"
        /// The OAuth issuer's URL. Since libpq 18.
        case oauthIssuer = "oauth_issuer"
        /// The OAuth client. Since libpq 18.
        case oauthClientID = "oauth_client_id"
        /// The OAuth client's secret. Since libpq 18.
        case oauthClientSecret = "oauth_client_secret"
        /// The OAuth scope to request. Since libpq 18.
        case oauthScope = "oauth_scope"
        /// A file to write TLS session keys to, for debugging. Since libpq 18.
        case sslkeylogfile

        /// Whether the value must never be shown.
        public var isSecret: Bool {
            switch self {
            case .password, .sslpassword, .scramClientKey, .scramServerKey, .oauthClientSecret: true
            default: false
            }
        }
    }
}
