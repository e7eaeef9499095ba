import PGConnInfo
import Testing

/// Spellings and units are from the documentation of Prisma 6 and pgx 5.
@Suite("Connection strings for pools")
struct PoolConnectionStringTests {
    private func pool(_ text: String) throws -> PoolOptions { try PoolConnectionString(text).pool }

    @Test func aLibpqStringSetsNoPoolOptions() throws {
        let found = try PoolConnectionString("postgres://ann:pw@h/d?connect_timeout=5")
        #expect(found.pool == PoolOptions())
        #expect(found.connection == (try ConnectionString("postgres://ann:pw@h/d?connect_timeout=5")))
    }

    @Test func prismasKeys() throws {
        let text =
            "postgresql://ann@h/d?schema=a%22b&connection_limit=7&pool_timeout=0&socket_timeout=3&pgbouncer=true"
            + "&max_connection_lifetime=60&max_idle_connection_lifetime=0&statement_cache_size=0&sslmode=disable"
        let found = try PoolConnectionString(text)
        var expected = PoolOptions()
        expected.schema = "a\"b"
        expected.maximumConnections = 7
        expected.acquireTimeout = .never
        expected.socketTimeout = .after(.seconds(3))
        expected.isBehindTransactionPooler = true
        expected.maximumLifetime = .after(.seconds(60))
        expected.maximumIdleTime = .never
        expected.statementCacheSize = 0
        #expect(found.pool == expected)
        #expect(found.pool.searchPath == "\"a\"\"b\"")
        // A quote with a combining mark is one Character, but still a quote to the server.
        expected.schema = "a\"\u{301}"
        #expect(Array((expected.searchPath ?? "").utf8) == Array("\"a\"\"\u{301}\"".utf8))
        #expect(found.connection.options.map(\.keyword) == [.user, .dbname, .host, .sslmode])
    }

    @Test func pgxsKeys() throws {
        let found = try pool(
            "host=h pool_max_conns=9 pool_min_conns=0 pool_min_idle_conns=2 pool_max_conn_lifetime=1h30m "
                + "pool_max_conn_lifetime_jitter=10s pool_max_conn_idle_time=0 pool_health_check_period=1m "
                + "pool_ping_timeout=250ms")
        var expected = PoolOptions()
        (expected.maximumConnections, expected.minimumConnections, expected.minimumIdleConnections) = (9, 0, 2)
        expected.maximumLifetime = .after(.seconds(5400))
        expected.lifetimeJitter = .seconds(10)
        expected.maximumIdleTime = .never
        expected.healthCheckPeriod = .seconds(60)
        expected.pingTimeout = .after(.milliseconds(250))
        #expect(found == expected)
    }

    @Test func databaseIsDbname() throws {
        #expect(try PoolConnectionString("database=d").connection[.dbname] == "d")
        #expect(try PoolConnectionString("postgres://h?database=d").connection[.dbname] == "d")
        #expect(try PoolConnectionString("postgres://h/d?database=d").connection[.dbname] == "d")
    }

    @Test func theLastValueForAKeyCounts() throws {
        #expect(try pool("connection_limit=1 connection_limit=2").maximumConnections == 2)
        #expect(try pool("connection_limit=2 pool_max_conns=2").maximumConnections == 2)
        #expect(
            try pool("max_connection_lifetime=60 pool_max_conn_lifetime=1m").maximumLifetime == .after(.seconds(60)))
    }

    @Test(arguments: [
        ("database=a dbname=b", "database and dbname contradict each other"),
        ("postgres://h/b?database=a", "database and dbname contradict each other"),
        ("connection_limit=1 pool_max_conns=2", "connection_limit and pool_max_conns contradict each other"),
        ("pool_max_conns=2 pool_min_conns=3", "pool_min_conns and pool_max_conns contradict each other"),
        ("connection_limit=2 pool_min_idle_conns=3", "pool_min_idle_conns and connection_limit contradict each other"),
        ("connection_limit=0", "invalid connection_limit value: \"0\" (expected a whole number from 1)"),
        ("pool_min_conns=-1", "invalid pool_min_conns value: \"-1\" (expected a whole number from 0)"),
        ("pool_timeout=1.5", "invalid pool_timeout value: \"1.5\" (expected whole seconds, 0 for no limit)"),
        ("pgbouncer=1", "invalid pgbouncer value: \"1\" (expected true or false)"),
        (
            "pool_max_conn_lifetime=60",
            "invalid pool_max_conn_lifetime value: \"60\" (expected a time such as 90s, 1h30m or 500ms)"
        ),
        ("conection_limit=1", "invalid connection option \"conection_limit\" (did you mean \"connection_limit\"?)"),
        (
            "postgres://?pool_max_con=1",
            "invalid URI query parameter: \"pool_max_con\" (did you mean \"pool_max_conns\"?)"
        ),
        ("hots=h", "invalid connection option \"hots\" (did you mean \"host\"?)"),
        ("zzzzz=h", "invalid connection option \"zzzzz\""),
        ("user", "missing \"=\" after \"user\" in connection info string"),
        ("postgres://?schema=%FF", "value is not valid UTF-8 in connection info string"),
    ])
    func errorsNameTheKeyAndTheProblem(text: String, description: String) throws {
        let error = try #require(throws: PoolStringError.self) { try PoolConnectionString(text) }
        #expect(error.description == description)
    }

    @Test(arguments: PoolOptions.Key.allCases)
    func aSingleConnectionAcceptsNoneOfTheKeys(key: PoolOptions.Key) {
        #expect(throws: ConnInfoError.unknownKeyword(key.rawValue, offset: 0)) {
            try ConnectionString("\(key.rawValue)=1")
        }
        #expect(ConnectionString.Keyword(rawValue: key.rawValue) == nil)
    }

    /// As Go 1.22's time.ParseDuration parses them, except that negative times are rejected.
    @Test(
        arguments: [
            ("0", 0), ("0s", 0), ("+5s", 5_000_000_000), ("1.5h", 5_400_000_000_000), ("2h45m", 9_900_000_000_000),
            (".5s", 500_000_000), ("5.s", 5_000_000_000), ("1us", 1000), ("1µs", 1000), ("1μs", 1000), ("3ns", 3),
            ("1.004s", 1_004_000_000), ("9223372036854775807ns", .max),
            ("", nil), ("-1s", nil), ("5", nil), (".s", nil), ("s", nil), ("1x", nil), ("1 s", nil), ("1e3s", nil),
            ("9223372036854775808ns", nil), ("3000000h", nil), ("1.s2", nil), ("+", nil),
        ] as [(String, Int64?)])
    func durationsAreParsedAsInGo(text: String, nanoseconds: Int64?) {
        let found = try? pool("pool_health_check_period='\(text)'").healthCheckPeriod
        #expect(found == nanoseconds.map { .nanoseconds($0) })
    }
}
