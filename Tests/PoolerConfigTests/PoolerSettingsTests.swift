import PoolerConfig
import Testing

@Suite("Setting, showing and reloading settings")
struct PoolerSettingsTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        /// What `SHOW CONFIG` prints afterwards; `nil` when the text is refused.
        let shown: String?
        var testDescription: String { "\(name) = \(text)" }

        init(_ name: String, _ text: String, _ shown: String?) {
            (self.name, self.text, self.shown) = (name, text, shown)
        }
    }

    /// Observed from PgBouncer 1.18 and 1.25.2, apart from `listen_port`, `scram_iterations` and `tcp_…`: there PgBouncer
    /// takes numbers with which it does not work or listens elsewhere.
    static let table: [Row] = [
        Row("default_pool_size", "0x10", "16"),
        Row("default_pool_size", "010", "8"),
        Row("default_pool_size", "+7", "7"),
        Row("default_pool_size", "0", "0"),
        Row("default_pool_size", "2147483647", "2147483647"),
        Row("default_pool_size", "2147483648", "-2147483648"),
        Row("default_pool_size", "4294967300", "4"),
        Row("default_pool_size", "99999999999999999999999", "-1"),
        Row("default_pool_size", "-1", "-1"),
        Row("default_pool_size", "08", nil),
        Row("default_pool_size", "0x", nil),
        Row("default_pool_size", "1.5", nil),
        Row("default_pool_size", "10 ", nil),
        Row("default_pool_size", "+-1", nil),
        Row("default_pool_size", "", nil),
        Row("max_packet_size", "4294967295", "4294967295"),
        Row("max_packet_size", "-1", "4294967295"),
        Row("max_packet_size", "4294967296", "0"),
        Row("listen_port", "65536", nil),
        Row("listen_port", "-1", nil),
        Row("peer_id", "16384", "16384"),
        Row("peer_id", "-1", "-1"),
        Row("unix_socket_mode", "0700", "448"),
        Row("unix_socket_mode", "99999", "99999"),
        Row("unix_socket_mode", "-1", "-1"),
        Row("stats_period", "0", "0"),
        Row("stats_period", "-1", "-1"),
        Row("query_wait_notify", "-1", "-1"),
        Row("scram_iterations", "0", nil),
        Row("tcp_keepidle", "-1", nil),
        Row("tcp_user_timeout", "-1", nil),
        Row("verbose", "-1", "-1"),
        Row("workers", "-1", nil),
        Row("log_connections", "4294967296", "0"),
        Row("workers", "4", "4"),
        Row("syslog", "1", "1"),
        Row("syslog", "2", "2"),
        Row("syslog", "yes", nil),
        Row("query_timeout", "1.5", "1.5"),
        Row("query_timeout", ".25", "0.25"),
        Row("query_timeout", "1e3", "1000"),
        Row("query_timeout", "1234567", "1.23457e+06"),
        Row("query_timeout", "0.000001", "1e-06"),
        Row("query_timeout", "-1", nil),
        Row("query_timeout", "10s", nil),
        Row("query_timeout", "nan", "9.22337e+12"),
        Row("query_timeout", "inf", "0"),
        Row("query_timeout", "", nil),
        Row("query_timeout", "1e300", "0"),
        Row("query_timeout", "1e400", nil),
        Row("query_wait_notify", "1.5", nil),
        Row("tcp_user_timeout", "1500", "1500"),
        Row("pool_mode", "Transaction", "transaction"),
        Row("pool_mode", "tx", nil),
        Row("auth_type", "SCRAM-SHA-256", "scram-sha-256"),
        Row("auth_type", "", nil),
        Row("server_tls_sslmode", "Verify-Full", "verify-full"),
        Row("admin_users", "a, b", "a, b"),
        Row("listen_addr", " * ", " * "),
        Row("server_check_query", "select 1", "select 1"),
        Row("server_check_query", "", ""),
        Row("auth_dbname", "postgres", "postgres"),
        Row("auth_dbname", "pgbouncer", nil),
        Row("no_such_setting", "1", nil),
        Row("service_name", "x", nil),  // Windows only
    ]

    @Test(arguments: table)
    func acceptsAndShows(_ row: Row) {
        var settings = PoolerSettings()
        let before = settings
        do throws(SettingError) {
            try settings.set(row.name, to: row.text)
            #expect(settings.text(of: row.name) == row.shown)
            #expect(settings.isExplicit(row.name))
        } catch {
            #expect(row.shown == nil, "\(error)")
            #expect(settings == before)
        }
    }

    @Test func errorsSayWhatWasExpected() {
        #expect(
            refusal("listen_port", "http")
                == "invalid value \"http\" for parameter listen_port: expected an integer from 0 to 65535")
        #expect(refusal("pool_mode", "tx").hasSuffix("expected one of session, transaction, statement"))
        #expect(refusal("query_timeout", "-1").hasSuffix("expected a number of seconds, not negative"))
        #expect(refusal("workers", "1025").hasSuffix("expected an integer from 0 to 1024"))
        #expect(
            refusal("unix_socket_mode", "rwx").hasSuffix(
                "expected an integer from 0 to 07777, in octal with a leading 0"))
        #expect(refusal("foo", "1") == "unknown parameter: pgbouncer/foo")
        #expect(
            refusal("auth_dbname", "pgbouncer") == "cannot use the reserved \"pgbouncer\" database as an auth_dbname")
    }

    @Test func aNumberThatCannotBeUsedIsReplacedByTheNearest() throws {
        var settings = PoolerSettings()
        for (name, text) in [
            ("default_pool_size", "-1"), ("stats_period", "0"), ("peer_id", "16384"), ("unix_socket_mode", "-1"),
            ("query_wait_notify", "-5"), ("verbose", "-1"),
        ] { try settings.set(name, to: text) }
        #expect(settings.defaultPoolSize == 0 && settings.peerId == 16_383 && settings.verbose == 0)
        #expect(settings.statsPeriod == .seconds(1) && settings.queryWaitNotify == .zero)
        #expect(settings.unixSocketMode == 0o7777, "chmod looks at twelve bits")
        settings.defaultPoolSize = 3
        #expect(settings.text(of: "default_pool_size") == "3", "a stale text is not shown")
    }

    @Test func listsAreSplitAsPgBouncerSearchesThem() throws {
        var settings = PoolerSettings()
        try settings.set("admin_users", to: " alice,bob  carol,, ")
        #expect(settings.adminUsers == ["alice", "bob", "carol"])
        try settings.set("listen_addr", to: "127.0.0.1 , ::1,")
        #expect(settings.listenAddr == ["127.0.0.1", "::1"])
        settings.listenAddr = ["*"]
        #expect(settings.text(of: "listen_addr") == "*", "a stale text is not shown")
    }

    @Test func theThreeKindsOfCheckQuery() throws {
        var settings = PoolerSettings()
        try settings.set("server_check_query", to: "")
        #expect(settings.serverCheckQuery == .never)
        try settings.set("server_check_query", to: "<empty>")
        #expect(settings.serverCheckQuery == .empty)
        try settings.set("server_check_query", to: "select 1")
        #expect(settings.serverCheckQuery == .query("select 1"))
    }

    @Test func setOnTheConsoleLeavesRestartOnlySettingsAlone() throws {
        var settings = PoolerSettings()
        try settings.change("listen_port", to: "1234")
        #expect(settings.listenPort == 6432)
        #expect(!settings.isExplicit("listen_port"))
        try settings.change("verbose", to: "2")
        #expect(settings.verbose == 2)
        #expect(throws: SettingError.unknownParameter("foo")) { try settings.change("foo", to: "1") }
    }

    @Test func aReloadKeepsWhatOnlyARestartChanges() throws {
        var old = PoolerSettings()
        try old.set("listen_port", to: "7000")
        try old.set("listen_addr", to: "a, b")
        try old.set("default_pool_size", to: "5")
        try old.set("pool_mode", to: "statement")
        var new = PoolerSettings()
        try new.set("listen_port", to: "8000")
        try new.set("default_pool_size", to: "6")

        let result = old.reloaded(with: new)
        #expect(result.listenPort == 7000)
        #expect(result.text(of: "listen_addr") == "a, b")
        #expect(result.defaultPoolSize == 6)
        #expect(result.poolMode == .session, "what the new file leaves out goes back to its default")
    }

    @Test func aReloadKeepsASettingWithoutADefaultThatTheNewFileLeavesOut() throws {
        var old = PoolerSettings()
        try old.set("auth_file", to: "/a")
        try old.set("verbose", to: "2")
        var new = PoolerSettings()
        #expect(old.reloaded(with: new).authFile == "/a")
        #expect(old.reloaded(with: new).verbose == 2)
        try new.set("auth_file", to: "/b")
        #expect(old.reloaded(with: new).authFile == "/b")
    }

    @Test func settingsThatDoNothingYetAreListedWhenSet() throws {
        var settings = PoolerSettings()
        #expect(settings.explicitButNotActedOn.isEmpty)
        try settings.set("server_tls_sslmode", to: "require")
        try settings.set("default_pool_size", to: "3")
        try settings.set("auth_user", to: "x")
        let expected = ["auth_user", "server_tls_sslmode"].filter { SettingTable.row(named: $0)?.isActedOn == false }
        #expect(settings.explicitButNotActedOn.map(\.name) == expected)
    }

    @Test func showConfigHasARowForEachSetting() throws {
        var settings = PoolerSettings()
        try settings.set("pool_mode", to: "transaction")
        let rows = settings.configRows
        #expect(rows.map(\.key) == SettingTable.rows.map(\.name))
        let mode = try #require(rows.first { $0.key == "pool_mode" })
        #expect(mode == .init(key: "pool_mode", value: "transaction", defaultValue: "session", isChangeable: true))
        let user = try #require(rows.first { $0.key == "user" })
        #expect(user == .init(key: "user", value: nil, defaultValue: nil, isChangeable: false))
    }

    private func refusal(_ name: String, _ text: String) -> String {
        var settings = PoolerSettings()
        do throws(SettingError) {
            try settings.set(name, to: text)
            return ""
        } catch {
            return error.description
        }
    }
}
