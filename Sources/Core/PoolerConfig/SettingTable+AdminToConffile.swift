extension SettingTable {
    /// `admin_users` to `conffile`.
    static let adminToConffile: [Setting] = [
        Setting(
            "admin_users", .list(\.adminUsers, .commasAndBlanks), default: "",
            "Users who may run every command on the console."),
        Setting(
            "application_name_add_host", .flag(\.applicationNameAddHost), default: "0",
            "Append the client's address and port to its `application_name` at login."),
        Setting(
            "auth_dbname", .databaseName(\.authDbname), default: nil, isActedOn: false,
            "Database in which `auth_query` runs; unset means the one the client asked for."),
        Setting(
            "auth_file", .optionalPath(\.authFile), default: nil,
            "File with the users and their passwords or stored secrets."),
        Setting(
            "auth_hba_file", .path(\.authHbaFile), default: "", isActedOn: false,
            "File of host-based rules, read when `auth_type` is `hba`."),
        Setting(
            "auth_ident_file", .optionalPath(\.authIdentFile), default: nil, isActedOn: false,
            "File that maps system or certificate names to database users."),
        Setting(
            "auth_ldap_options", .secret(\.authLdapOptions), default: nil, isActedOn: false,
            "LDAP options as `key=value` pairs, used when `auth_type` is `ldap`."),
        Setting(
            "auth_query", .text(\.authQuery),
            default: "SELECT rolname, CASE WHEN rolvaliduntil < now() THEN NULL ELSE rolpassword END "
                + "FROM pg_authid WHERE rolname=$1 AND rolcanlogin",
            isActedOn: false,
            "Query that returns the name and secret of the user in `$1`; needs `auth_user`."),
        Setting(
            "auth_type", .choice(\.authType), default: "md5",
            "How clients prove who they are."),
        Setting(
            "auth_user", .optionalText(\.authUser), default: nil, isActedOn: false,
            "Server user under which `auth_query` runs."),
        Setting(
            "autodb_idle_timeout", .seconds(\.autodbIdleTimeout), default: "3600",
            "Forget a database made from the fallback `*` after this long without use."),
        Setting(
            "cancel_wait_timeout", .seconds(\.cancelWaitTimeout), default: "10",
            "Drop a cancel request that found no server connection for this long; 0 waits for ever."),
        Setting(
            "client_idle_timeout", .seconds(\.clientIdleTimeout), default: "0",
            "Disconnect a client that sends nothing for this long; 0 never does."),
        Setting(
            "client_login_timeout", .seconds(\.clientLoginTimeout), default: "60",
            "Disconnect a client that has not logged in after this long; 0 never does."),
        Setting(
            "client_tls13_ciphers", .optionalText(\.clientTls13Ciphers), default: nil, isActedOn: false,
            "TLS 1.3 cipher suites offered to clients; unset means OpenSSL's own choice."),
        Setting(
            "client_tls_ca_file", .path(\.clientTlsCaFile), default: "", isActedOn: false,
            "Root certificates against which client certificates are checked."),
        Setting(
            "client_tls_cert_file", .path(\.clientTlsCertFile), default: "", isActedOn: false,
            "Certificate shown to clients."),
        Setting(
            "client_tls_ciphers", .text(\.clientTlsCiphers), default: "default", isActedOn: false,
            "Ciphers for clients up to TLS 1.2, as an OpenSSL list; `default`, `secure`, `fast`, `normal` and `all` "
                + "are short forms."),
        Setting(
            "client_tls_dheparams", .text(\.clientTlsDheparams), default: "auto", isActedOn: false,
            "Diffie-Hellman key exchange with clients: `none` or `auto`."),
        Setting(
            "client_tls_ecdhcurve", .text(\.clientTlsEcdhcurve), default: "auto", isActedOn: false,
            "Elliptic curve for the key exchange with clients, or `auto`."),
        Setting(
            "client_tls_key_file", .path(\.clientTlsKeyFile), default: "", isActedOn: false,
            "Private key of the certificate shown to clients."),
        Setting(
            "client_tls_protocols", .text(\.clientTlsProtocols), default: "secure", isActedOn: false,
            "TLS versions for clients: a comma list of `tlsv1.0` to `tlsv1.3`, or `all`, or `secure` (1.2 and 1.3)."),
        Setting(
            "client_tls_sslmode", .choice(\.clientTlsSslmode), default: "disable", isActedOn: false,
            "Whether clients may or must use TLS, and how far their certificates are checked."),
        Setting(
            "conffile", .optionalPath(\.conffile), default: nil,
            "The file that was read; `RELOAD` reads the one named here."),
    ]
}
