import PoolerConfig
import Testing

@Suite("Entries of databases, users and peers")
struct EntryTests {
    @Test func aDatabaseTakesEveryKey() throws {
        let line = """
            a = host=db1,::1,/run/pg,@abs port=7 dbname=b user=u password='p w' auth_user=au auth_query='select 1' \
            auth_dbname=ad client_encoding=UTF8 datestyle=ISO timezone=UTC application_name=app pool_size=1 \
            min_pool_size=2 reserve_pool_size=3 pool_mode=Statement server_lifetime=1.5 query_wait_timeout=0 \
            max_db_connections=4 max_db_client_connections=5 connect_query='select ''x''' load_balance_hosts=disable
            """
        let entry = try #require(try database(line))
        var expected = DatabaseEntry(name: "a")
        expected.host = [.tcp("db1"), .tcp("::1"), .unix(directory: "/run/pg"), .abstract("abs")]
        expected.hostText = "db1,::1,/run/pg,@abs"
        expected.port = 7
        expected.dbname = "b"
        expected.user = "u"
        expected.password = Secret("p w")
        expected.authUser = "au"
        expected.authQuery = "select 1"
        expected.authDbname = "ad"
        expected.clientEncoding = "UTF8"
        expected.datestyle = "ISO"
        expected.timezone = "UTC"
        expected.applicationName = "app"
        expected.poolSize = 1
        expected.minPoolSize = 2
        expected.reservePoolSize = 3
        expected.poolMode = .statement
        expected.serverLifetime = .milliseconds(1500)
        expected.queryWaitTimeout = .zero
        expected.maxDbConnections = 4
        expected.maxDbClientConnections = 5
        expected.connectQuery = "select 'x'"
        expected.loadBalanceHosts = .disable
        #expect(entry == expected)
        #expect(entry.keysNotActedOn == ["auth_user", "auth_query", "auth_dbname"])
    }

    @Test func anEmptyDatabaseLineMeansTheSameNameOnTheLocalSocket() throws {
        let entry = try #require(try database("a ="))
        #expect(entry == DatabaseEntry(name: "a"))
        #expect(entry.dbname == "a" && entry.host.isEmpty && entry.port == 5432)
        #expect(entry.loadBalanceHosts == .roundRobin && entry.poolSize == nil)
    }

    @Test func reservePoolIsAnOldNameOfReservePoolSize() throws {
        #expect(try database("a = reserve_pool=3")?.reservePoolSize == 3)
    }

    @Test func valuesThatPgBouncerTreatsAsUnsetAreUnset() throws {
        let entry = try #require(
            try database("a = pool_size=-1 max_db_connections=0 max_db_client_connections=-1 server_lifetime=0"))
        #expect(entry == DatabaseEntry(name: "a"))
        #expect(try database("a = pool_size=0")?.poolSize == 0)

        let user = try #require(
            try load("[pgbouncer]\n[users]\nu = pool_size=-1 max_user_connections=0 query_timeout=0").users.first)
        #expect(user == UserEntry(name: "u"))
    }

    @Test func aUserTakesEveryKey() throws {
        let configuration = try load(
            """
            [pgbouncer]
            [users]
            u = pool_mode=transaction pool_size=1 reserve_pool_size=2 max_user_connections=3 \
            max_user_client_connections=4 query_timeout=5 query_wait_timeout=0 transaction_timeout=6 \
            idle_transaction_timeout=7 client_idle_timeout=8
            """)
        var expected = UserEntry(name: "u")
        expected.poolMode = .transaction
        expected.poolSize = 1
        expected.reservePoolSize = 2
        expected.maxUserConnections = 3
        expected.maxUserClientConnections = 4
        expected.queryTimeout = .seconds(5)
        expected.queryWaitTimeout = .zero
        expected.transactionTimeout = .seconds(6)
        expected.idleTransactionTimeout = .seconds(7)
        expected.clientIdleTimeout = .seconds(8)
        #expect(configuration.user(named: "u") == expected)
        #expect(configuration.users == [expected])
    }

    @Test func aPeerNeedsAHost() throws {
        let configuration = try load(
            "[pgbouncer]\n[peers]\n1 = host=/run/p\n2 = host=h port=7 pool_size=3\n16384 = host=x")
        let local = try #require(configuration.peer(withID: 1))
        #expect(local == PeerEntry(id: 1, host: .unix(directory: "/run/p")))
        #expect(local.port == 6432 && local.poolSize == nil)
        #expect(configuration.peer(withID: 2)?.port == 7)
        #expect(configuration.peer(withID: 2)?.poolSize == 3)
        #expect(configuration.warnings.map(\.line) == [5])
    }

    /// Observed in `SHOW DATABASES` of PgBouncer 1.25.2, which reads these numbers with `atoi`.
    @Test func numbersOutOfRangeAreTakenAsByPgBouncer() throws {
        func shown(_ value: String) throws -> DatabaseEntry { try #require(try database("a = \(value)")) }
        #expect(try shown("port=65536").port == 65_536)
        #expect(try shown("port=-1").port == -1)
        #expect(try shown("port=99999999999").port == 1_215_752_191)
        #expect(try shown("port=5432x").port == 5432)
        #expect(try shown("pool_size=99999999999").poolSize == 1_215_752_191)
        let lifetime = try #require(try shown("server_lifetime=-5").serverLifetime)
        #expect(Int32(truncatingIfNeeded: lifetime.components.seconds) == -140_462_616)
        #expect(try shown("server_lifetime=99999999999").serverLifetime == .seconds(1_215_752_191))
        let user = try load("[pgbouncer]\n[users]\nu = query_timeout=-1 pool_size=-1").user(named: "u")
        #expect(try #require(user?.queryTimeout) > .seconds(1_000_000_000), "a negative time never comes")
        #expect(user?.poolSize == nil)
    }

    /// Observed from PgBouncer 1.25.2, which keeps 127 bytes of a user's name.
    @Test func aLongUserNameIsCutOff() throws {
        let long = String(repeating: "u", count: 130)
        let configuration = try load("[pgbouncer]\n[databases]\na = user=\(long)\n[users]\n\(long) = pool_size=3")
        #expect(configuration.database(named: "a")?.user == String(repeating: "u", count: 127))
        #expect(configuration.user(named: String(repeating: "u", count: 127))?.poolSize == 3)
        #expect(configuration.warnings.map(\.line) == [3, 5])
    }

    /// `SHOW DATABASES` prints the list as it is written, and `load_balance_hosts` where there is a comma.
    @Test func theHostListIsKeptAsItIsWritten() throws {
        let entry = try #require(try database("a = host='x , y'"))
        #expect(entry.hostText == "x , y" && entry.host == [.tcp("x"), .tcp("y")] && entry.hasHostList)
        #expect(try database("a = host=x")?.hasHostList == false)
        #expect(try database("a = host=x,")?.hasHostList == true)
        #expect(try database("a =")?.hostText == nil)
    }

    @Test func aNumberFollowedByTextIsReadWithAWarning() throws {
        let configuration = try load(
            "[pgbouncer]\n[databases]\na = pool_size=10abc\nb = pool_size=x server_lifetime=5s")
        #expect(configuration.database(named: "a")?.poolSize == 10)
        #expect(configuration.database(named: "b")?.poolSize == 0)
        #expect(configuration.database(named: "b")?.serverLifetime == .seconds(5))
        #expect(
            configuration.warnings.map(\.description) == [
                "pool_size=10abc is not a whole number in range, taken as 10 (t.ini:3)",
                "pool_size=x is not a whole number in range, taken as 0 (t.ini:4)",
                "server_lifetime=5s is not a whole number in range, taken as 5 (t.ini:4)",
            ])
    }

    struct Refused: Sendable, CustomTestStringConvertible {
        let section: String
        let line: String
        let cause: String
        var testDescription: String { "\(section): \(line.prefix(60))" }

        init(_ section: String, _ line: String, _ cause: String) {
            (self.section, self.line, self.cause) = (section, line, cause)
        }
    }

    /// Causes as PgBouncer logs them; those about lengths are Weir's own.
    static let refused: [Refused] = [
        Refused("databases", "pgbouncer = host=x", "database name \"pgbouncer\" is reserved"),
        Refused("databases", "a = port=0", "invalid port: 0"),
        Refused("databases", "a = port=x", "invalid port: x"),
        Refused("databases", "a = pool_mode=tx", "invalid pool mode: tx"),
        Refused("databases", "a = load_balance_hosts=random", "invalid load_balance_hosts: random"),
        Refused("databases", "a = hots=1", "unrecognized connection parameter: hots"),
        Refused("databases", "a = HOST=1", "unrecognized connection parameter: HOST"),
        Refused("databases", "a = host", "syntax error in connection string"),
        Refused("databases", "a = host=", "syntax error in connection string"),
        Refused("databases", "* = foo=1", "unrecognized connection parameter: foo"),
        Refused(
            "databases", String(repeating: "n", count: 64) + " =",
            "too long db name: " + String(repeating: "n", count: 64)),
        Refused("databases", "a = password=" + String(repeating: "p", count: 65_531), "password too long"),
        Refused("users", "u = pool_mode=x", "invalid pool mode: x"),
        Refused("users", "u = foo=x", "unrecognized user parameter: foo"),
        Refused("users", "u = foo", "syntax error in user settings"),
        Refused("peers", "0 = host=x", "ids of peers must be a number larger than 0 and at most 65536"),
        Refused("peers", "x = host=x", "ids of peers must be a number larger than 0 and at most 65536"),
        Refused("peers", "65536 = host=x", "ids of peers must be a number larger than 0 and at most 65536"),
        Refused("peers", "1 = port=7", "host was not provided for peer 1"),
        Refused("peers", "1 = host=x dbname=a", "unrecognized connection parameter: dbname"),
    ]

    @Test(arguments: refused)
    func isRefusedInPgBouncersWords(_ row: Refused) {
        let said = messages(loading: "[pgbouncer]\n[\(row.section)]\n\n\(row.line)\n\n[users]\n")
        #expect(said.first == row.cause)
        #expect(said.last?.hasPrefix("invalid value \"<redacted>\" for parameter ") == true)
        #expect(said.last?.hasSuffix(" in configuration (t.ini:4)") == true)
        #expect(said.count == 2)
    }

    @Test func theLongestNamesAndPasswordAreTaken() throws {
        let name = String(repeating: "n", count: 63)
        let user = String(repeating: "u", count: 127)
        let password = String(repeating: "p", count: 65_530)
        let configuration = try load("[pgbouncer]\n[databases]\n\(name) = user=\(user) password=\(password)")
        #expect(configuration.database(named: name)?.user == user)
        #expect(configuration.database(named: name)?.password == Secret(password))
    }

    private func database(_ line: String) throws(ConfigError) -> DatabaseEntry? {
        try load("[pgbouncer]\n[databases]\n\(line)").databases.first
    }
}
