import PoolerConfig
import Testing

@Suite("The table of settings")
struct SettingTableTests {
    /// `SHOW CONFIG` of PgBouncer's main branch after 1.25.2: names in order and the column `default`, NULL as `-`.
    static let observed = """
        admin_users=
        application_name_add_host=0
        auth_dbname=-
        auth_file=-
        auth_hba_file=
        auth_ident_file=-
        auth_ldap_options=-
        auth_query=SELECT rolname, CASE WHEN rolvaliduntil < now() THEN NULL ELSE rolpassword END FROM pg_authid \
        WHERE rolname=$1 AND rolcanlogin
        auth_type=md5
        auth_user=-
        autodb_idle_timeout=3600
        cancel_wait_timeout=10
        client_idle_timeout=0
        client_login_timeout=60
        client_tls13_ciphers=-
        client_tls_ca_file=
        client_tls_cert_file=
        client_tls_ciphers=default
        client_tls_dheparams=auto
        client_tls_ecdhcurve=auto
        client_tls_key_file=
        client_tls_protocols=secure
        client_tls_sslmode=disable
        conffile=-
        default_pool_size=20
        disable_pqexec=0
        dns_max_ttl=15
        dns_nxdomain_ttl=15
        dns_zone_check_period=0
        idle_transaction_timeout=0
        ignore_startup_parameters=
        job_name=pgbouncer
        listen_addr=
        listen_backlog=128
        listen_port=6432
        log_connections=1
        log_disconnections=1
        log_pooler_errors=1
        log_stats=1
        logfile=
        login_notify_message=
        max_client_conn=100
        max_db_client_connections=0
        max_db_connections=0
        max_packet_size=2147483647
        max_prepared_statements=200
        max_user_client_connections=0
        max_user_connections=0
        min_pool_size=0
        peer_id=0
        pidfile=
        pkt_buf=4096
        pool_mode=session
        pool_idle_timeout=0
        query_timeout=0
        query_wait_notify=5
        query_wait_timeout=120
        reserve_pool_size=0
        reserve_pool_timeout=5
        resolv_conf=
        sbuf_loopcnt=5
        scram_iterations=4096
        server_check_delay=30
        server_check_query=<empty>
        server_connect_timeout=15
        server_fast_close=0
        server_idle_timeout=600
        server_lifetime=3600
        server_login_retry=15
        server_reset_query=DISCARD ALL
        server_reset_query_always=0
        server_round_robin=0
        server_tls13_ciphers=-
        server_tls_ca_file=
        server_tls_cert_file=
        server_tls_ciphers=default
        server_tls_key_file=
        server_tls_protocols=secure
        server_tls_sslmode=prefer
        so_reuseport=0
        stats_period=60
        stats_users=
        suspend_timeout=10
        syslog=0
        syslog_facility=daemon
        syslog_ident=pgbouncer
        tcp_defer_accept=1
        tcp_keepalive=1
        tcp_keepcnt=0
        tcp_keepidle=0
        tcp_keepintvl=0
        tcp_socket_buffer=0
        tcp_user_timeout=0
        track_extra_parameters=IntervalStyle
        transaction_timeout=0
        unix_socket_dir=/tmp
        unix_socket_group=
        unix_socket_mode=0777
        user=-
        verbose=-
        """.split(separator: "\n").map(String.init)

    /// The settings that only a restart changes, from the flags in src/main.c of the same version.
    static let restartOnly: Set<String> = [
        "disable_pqexec", "job_name", "listen_addr", "listen_backlog", "listen_port", "pidfile", "pkt_buf",
        "resolv_conf", "so_reuseport", "track_extra_parameters", "unix_socket_dir", "unix_socket_group",
        "unix_socket_mode", "user",
    ]

    @Test func namesOrderAndDefaultsArePgBouncers() {
        let ours = SettingTable.rows.filter { !$0.isOwn }.map { "\($0.name)=\($0.defaultText ?? "-")" }
        #expect(ours.count == 100)
        #expect(ours == Self.observed)
    }

    @Test func weirsOwnSettingsComeLast() {
        let own = SettingTable.rows.drop { !$0.isOwn }
        #expect(own.map(\.name) == ["follow_session", "io_engine", "workers"])
    }

    @Test func onlyTheRestartOnlySettingsAreNotChangeable() {
        let ours = SettingTable.rows.filter { !$0.isReloadable && !$0.isOwn }.map(\.name)
        #expect(ours == Self.restartOnly.sorted())
        #expect(SettingTable.row(named: "workers")?.isReloadable == false)
    }

    @Test(arguments: SettingTable.rows.map(\.name))
    func everyDefaultIsAcceptedAndPrintedAsItIs(_ name: String) throws {
        let row = try #require(SettingTable.row(named: name))
        #expect(row.name == name)
        #expect(!row.summary.isEmpty && !row.summary.contains("\n") && row.summary.hasSuffix("."))
        let defaults = PoolerSettings()
        guard let text = row.defaultText else {
            #expect(defaults.text(of: name) == (name == "verbose" ? "0" : nil))
            return
        }
        // Octal goes in and decimal comes out, in PgBouncer as well.
        #expect(defaults.text(of: name) == (name == "unix_socket_mode" ? "511" : text))
        var settings = defaults
        try settings.set(name, to: text)
        #expect(settings.text(of: name) == defaults.text(of: name))
    }

    @Test func noTwoRowsShareAFieldOfTheSettings() throws {
        let defaults = PoolerSettings()
        for row in SettingTable.rows {
            let text = try #require(
                ["17", "statement", "require", "scram-sha-256", "epoll", "statements"].first { candidate in
                    var settings = defaults
                    guard (try? settings.set(row.name, to: candidate)) != nil else { return false }
                    return settings.text(of: row) != defaults.text(of: row)
                }, "no candidate changes \(row.name)")
            var settings = defaults
            try settings.set(row.name, to: text)
            let changed = SettingTable.rows.filter { settings.text(of: $0) != defaults.text(of: $0) }
            #expect(changed.map(\.name) == [row.name])
        }
    }

    @Test func theTypedDefaultsAreTheTables() {
        let settings = PoolerSettings()
        #expect(settings.defaultPoolSize == 20)
        #expect(settings.queryWaitTimeout == .seconds(120))
        #expect(settings.queryTimeout == .zero)
        #expect(settings.poolMode == .session)
        #expect(settings.authType == .md5)
        #expect(settings.listenAddr == [])
        #expect(settings.unixSocketMode == 0o777)
        #expect(settings.serverCheckQuery == .empty)
        #expect(settings.serverTlsSslmode == .prefer)
        #expect(settings.trackExtraParameters == ["IntervalStyle"])
        #expect(settings.authFile == nil)
        #expect(settings.workers == 0)
        #expect(settings.logConnections)
    }
}
