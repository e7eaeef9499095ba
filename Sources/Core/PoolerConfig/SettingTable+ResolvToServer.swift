extension SettingTable {
    /// `resolv_conf` to `server_tls_sslmode`.
    static let resolvToServer: [Setting] = [
        Setting(
            "resolv_conf", .path(\.resolvConf), default: "", isReloadable: false, isActedOn: false,
            "DNS resolver configuration to use instead of the system's."),
        Setting(
            "sbuf_loopcnt", .integer(\.sbufLoopcnt, count), default: "5",
            "Reads from one connection before the others get their turn; 0 means no limit."),
        Setting(
            "scram_iterations", .integer(\.scramIterations, .only(positive.range)), default: "4096",
            "Hash rounds for SCRAM secrets made from plain passwords."),
        Setting(
            "server_check_delay", .seconds(\.serverCheckDelay), default: "30",
            "A server connection idle for no longer than this is given out without a check."),
        Setting(
            "server_check_query", .checkQuery(\.serverCheckQuery), default: "<empty>",
            "Query that checks an idle server connection; `<empty>` sends an empty query, no text checks nothing."),
        Setting(
            "server_connect_timeout", .seconds(\.serverConnectTimeout), default: "15",
            "Give up connecting and logging in to a server after this long; 0 never does."),
        Setting(
            "server_fast_close", .flag(\.serverFastClose), default: "0",
            "Close outdated server connections at the end of the transaction also in session mode."),
        Setting(
            "server_idle_timeout", .seconds(\.serverIdleTimeout), default: "600",
            "Close a server connection that was idle for this long; 0 never does."),
        Setting(
            "server_lifetime", .seconds(\.serverLifetime), default: "3600",
            "Close an unused server connection that was opened this long ago; 0 uses each connection once."),
        Setting(
            "server_login_retry", .seconds(\.serverLoginRetry), default: "15",
            "Wait this long after a failed server login before the next try."),
        Setting(
            "server_reset_query", .text(\.serverResetQuery), default: "DISCARD ALL",
            "Query that cleans a server connection before its next client; session mode only, see the next setting."),
        Setting(
            "server_reset_query_always", .flag(\.serverResetQueryAlways), default: "0",
            "Run `server_reset_query` in every pool mode."),
        Setting(
            "server_round_robin", .flag(\.serverRoundRobin), default: "0",
            "Use the connections of a pool in turn instead of the last one returned first."),
        Setting(
            "server_tls13_ciphers", .optionalText(\.serverTls13Ciphers), default: nil, isActedOn: false,
            "TLS 1.3 cipher suites offered to servers; unset means OpenSSL's own choice."),
        Setting(
            "server_tls_ca_file", .path(\.serverTlsCaFile), default: "", isActedOn: false,
            "Root certificates against which server certificates are checked."),
        Setting(
            "server_tls_cert_file", .path(\.serverTlsCertFile), default: "", isActedOn: false,
            "Certificate shown to servers."),
        Setting(
            "server_tls_ciphers", .text(\.serverTlsCiphers), default: "default", isActedOn: false,
            "Ciphers for servers up to TLS 1.2, as an OpenSSL list; short forms as for clients."),
        Setting(
            "server_tls_key_file", .path(\.serverTlsKeyFile), default: "", isActedOn: false,
            "Private key of the certificate shown to servers."),
        Setting(
            "server_tls_protocols", .text(\.serverTlsProtocols), default: "secure", isActedOn: false,
            "TLS versions for servers; the same words as for clients."),
        Setting(
            "server_tls_sslmode", .choice(\.serverTlsSslmode), default: "prefer", isActedOn: false,
            "Whether server connections use TLS, and how far the server's certificate is checked."),
    ]
}
