extension ConnectionString {
    /// What a connection string can set: every keyword of libpq 18, in libpq's order.
    ///
    /// The raw value is libpq's spelling. `requiressl`, which libpq still accepts and turns into `sslmode`, is not one
    /// of them.
    ///
    /// Source: PostgreSQL 18, libpq-connect.html#LIBPQ-PARAMKEYWORDS
    public enum Keyword: String, CaseIterable, Hashable, Sendable {
        /// A section of the service file that holds further options.
        case service
        /// The role to log in as. Default: the name of the operating system's user.
        case user
        /// The password. An empty one counts as not given.
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
        /// IP addresses, separated by commas; they spare the look-up of `host`.
        case hostaddr
        /// TCP ports, separated by commas: one for all hosts, or one for each. Default 5432.
        case port
        /// The session's encoding; `auto` takes the locale's.
        case clientEncoding = "client_encoding"
        /// Command-line options for the server, as in `-c name=value`.
        case options
        /// The name shown in `pg_stat_activity`.
        case applicationName = "application_name"
        /// The name shown if ``applicationName`` is not given.
        case fallbackApplicationName = "fallback_application_name"
        /// `0` turns TCP keepalives off. Default 1.
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
        /// `postgres` (default) asks for TLS in the protocol; `direct` begins with it. Since libpq 17.
        case sslnegotiation
        /// `1` compresses TLS, where anything still does. Default 0.
        case sslcompression
        /// The client's certificate.
        case sslcert
        /// The key of the client's certificate.
        case sslkey
        /// `disable`, `allow` (default) or `require` a client certificate. Since libpq 16.
        case sslcertmode
        /// The passphrase of ``sslkey``.
        case sslpassword
        /// The trusted certificates; `system` takes the operating system's.
        case sslrootcert
        /// A file of revoked certificates.
        case sslcrl
        /// A directory of revoked certificates.
        case sslcrldir
        /// `0` keeps the host name out of the TLS handshake. Default 1.
        case sslsni
        /// The operating system's user that must own the server's socket.
        case requirepeer
        /// Authentication methods the server may ask for, or with `!` may not. Since libpq 16.
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
        /// The OAuth scope to ask for. Since libpq 18.
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
