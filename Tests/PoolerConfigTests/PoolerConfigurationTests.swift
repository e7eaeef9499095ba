import PoolerConfig
import Testing

@Suite("Loading a configuration")
struct PoolerConfigurationTests {
    @Test func aWholeFileIsRead() throws {
        let files = Files(contents: [
            "/etc/p.ini": """
            ; comment
            [databases]
            app = host=db1
            * = host=db2 port=7
            [pgbouncer]
            listen_addr = *
            %include /etc/more.ini
            admin_users = root
            [users]
            bob = pool_mode=statement
            """,
            "/etc/more.ini": "pool_mode = transaction\n",
        ])
        let configuration = try PoolerConfiguration.load(path: "/etc/p.ini", reading: files.read)
        #expect(configuration.settings.listenAddr == ["*"])
        #expect(configuration.settings.poolMode == .transaction)
        #expect(configuration.settings.adminUsers == ["root"])
        #expect(configuration.settings.conffile == "/etc/p.ini")
        #expect(configuration.databases.map(\.name) == ["app"])
        #expect(configuration.fallback?.host == [.tcp("db2")])
        #expect(configuration.user(named: "bob")?.poolMode == .statement)
        #expect(configuration.user(named: "eve") == nil)
        #expect(configuration.warnings.isEmpty)
    }

    @Test func databasesKeepTheOrderOfTheFileAndTheLastLineOfAName() throws {
        let configuration = try load("[pgbouncer]\n[databases]\nb = host=1 port=9\na =\nb = host=2\n")
        #expect(configuration.databases.map(\.name) == ["b", "a"])
        #expect(configuration.database(named: "b")?.host == [.tcp("2")])
        #expect(configuration.database(named: "b")?.port == 5432, "nothing is left of the first line")
        #expect(
            configuration.warnings == [
                ConfigWarning(file: "t.ini", line: 5, message: "database \"b\" is written twice, only this line counts")
            ])
    }

    @Test func theLastLineOfASettingCounts() throws {
        let settings = try load("[pgbouncer]\nverbose = 1\nverbose = 2\n").settings
        #expect(settings.verbose == 2)
    }

    /// Observed from PgBouncer: each `[pgbouncer]` line sets every setting that has a default back to it.
    @Test func aSecondMainSectionStartsFromTheDefaults() throws {
        let configuration = try load(
            "[pgbouncer]\ndefault_pool_size = 5\nauth_file = f\n[databases]\n[pgbouncer]\nmin_pool_size = 1\n")
        #expect(configuration.settings.defaultPoolSize == 20)
        #expect(!configuration.settings.isExplicit("default_pool_size"))
        #expect(configuration.settings.authFile == "f")
        #expect(configuration.settings.minPoolSize == 1)
        #expect(configuration.warnings.map(\.line) == [5])
    }

    @Test func unknownDatabasesAreServedByTheFallback() throws {
        let configuration = try load("[pgbouncer]\n[databases]\na = host=1\n* = host=2 user=u\n")
        #expect(configuration.database(serving: "a")?.host == [.tcp("1")])
        let made = try #require(configuration.database(serving: "new"))
        #expect(made.name == "new" && made.dbname == "new" && made.isAutomatic)
        #expect(made.host == [.tcp("2")] && made.user == "u")
        #expect(configuration.database(named: "new") == nil)
        #expect(configuration.database(serving: "pgbouncer") == nil)
        #expect(configuration.database(serving: String(repeating: "n", count: 64)) == nil)
        #expect(configuration.databases.map(\.name) == ["a"])
    }

    @Test func aFallbackMayNameOneDatabaseForAll() throws {
        let configuration = try load("[pgbouncer]\n[databases]\n* = dbname=one\n")
        #expect(configuration.database(serving: "x")?.dbname == "one")
        #expect(try load("[pgbouncer]").database(serving: "x") == nil)
    }

    struct Refused: Sendable, CustomTestStringConvertible {
        let text: String
        let messages: [String]
        var testDescription: String { text.debugDescription }

        init(_ text: String, _ messages: String...) { (self.text, self.messages) = (text, messages) }
    }

    /// Observed from PgBouncer 1.18, apart from "expected …" and "<redacted>".
    static let refused: [Refused] = [
        Refused(
            "[pgbouncer]\nfoo = 1\n", "unknown parameter: pgbouncer/foo",
            "invalid value \"<redacted>\" for parameter foo in configuration (t.ini:2)"),
        Refused(
            "[pgbouncer]\n\nlisten_port = abc\n\n[databases]",
            "invalid value \"abc\" for parameter listen_port in configuration (t.ini:3): "
                + "expected an integer from 0 to 65535"),
        Refused(
            "[pgbouncer]\nauth_dbname = pgbouncer",
            "cannot use the reserved \"pgbouncer\" database as an auth_dbname",
            "invalid value \"pgbouncer\" for parameter auth_dbname in configuration (t.ini:2)"),
        Refused(
            "[x]", "invalid section \"x\" in configuration (t.ini:1): expected pgbouncer, databases, users or peers"),
        Refused(
            "[pgbouncer]\n[Databases]",
            "invalid section \"Databases\" in configuration (t.ini:2): expected pgbouncer, databases, users or peers"),
        Refused(
            "a = 1", "load_init_file: value without section: a",
            "invalid value \"<redacted>\" for parameter a in configuration (t.ini:1)"),
        Refused("[databases]\na =", "load_init_file: main section missing from config file"),
        Refused("", "load_init_file: main section missing from config file"),
        Refused("[pgbouncer]\nauth_type = hba", "auth_type=hba requires auth_hba_file"),
    ]

    @Test(arguments: refused)
    func isRefused(_ row: Refused) {
        #expect(messages(loading: row.text) == row.messages)
    }

    /// Observed from PgBouncer 1.25.2: a time that does not fit into its 64 bits is 0 there.
    @Test func aTimeThatCannotBeCountedIsTakenAs0WithAWarning() throws {
        let configuration = try load(
            "[pgbouncer]\nserver_lifetime = inf\nquery_timeout = 1e20\nclient_idle_timeout = 0")
        #expect(configuration.settings.serverLifetime == .zero)
        #expect(
            configuration.warnings.map(\.description) == [
                "server_lifetime = inf is more than can be counted, taken as 0 as by PgBouncer (t.ini:2)",
                "query_timeout = 1e20 is more than can be counted, taken as 0 as by PgBouncer (t.ini:3)",
            ])
    }

    @Test func anErrorNamesThePlaceInsideAnInclude() {
        let files = Files(contents: ["t.ini": "[pgbouncer]\n%include b", "b": "\n\nverbose = x\n"])
        let error = #expect(throws: ConfigError.self) {
            try PoolerConfiguration.load(path: "t.ini", reading: files.read)
        }
        #expect(error?.file == "b")
        #expect(error?.line == 3)
        #expect(error?.messages.count == 2)
    }
}
