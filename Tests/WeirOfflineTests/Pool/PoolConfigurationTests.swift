import PGConnInfo
import Testing
import Weir

@Suite("Pool configuration")
struct PoolConfigurationTests {
    @Test func `The connection string sets the pool's settings`() throws {
        let configuration = try PostgresPool.Configuration(
            "postgresql://app@db/app?connection_limit=17&pool_timeout=3&socket_timeout=9&pool_min_conns=2"
                + "&pool_min_idle_conns=1&pool_max_conn_lifetime=1h&pool_max_conn_lifetime_jitter=5m"
                + "&pool_max_conn_idle_time=90s&pool_health_check_period=7s&pool_ping_timeout=2s"
                + "&statement_cache_size=10&pgbouncer=true&schema=my%20app")
        #expect(configuration.maximumConnections == 17)
        #expect(configuration.minimumConnections == 2)
        #expect(configuration.minimumIdleConnections == 1)
        #expect(configuration.acquireTimeout == .seconds(3))
        #expect(configuration.commandTimeout == .seconds(9))
        #expect(configuration.maximumLifetime == .seconds(3600))
        #expect(configuration.lifetimeJitter == .seconds(300))
        #expect(configuration.idleTimeout == .seconds(90))
        #expect(configuration.checkIdleAfter == .seconds(7))
        #expect(configuration.checkTimeout == .seconds(2))
        #expect(configuration.statementCacheSize == 10)
        #expect(configuration.isBehindTransactionPooler)
        #expect(configuration.startupParameters == [.init(name: "search_path", value: "\"my app\"")])
        #expect(configuration.validationError == nil)
    }

    @Test func `Zero means unlimited where other programs read it so`() throws {
        let configuration = try PostgresPool.Configuration(
            "host=db pool_timeout=0 max_connection_lifetime=0 max_idle_connection_lifetime=0 socket_timeout=0")
        #expect(configuration.acquireTimeout == nil)
        #expect(configuration.maximumLifetime == nil)
        #expect(configuration.idleTimeout == nil)
        #expect(configuration.commandTimeout == nil)
    }

    @Test func `The error for an unknown key suggests the nearest known one`() {
        let error = #expect(throws: PostgresError.self) {
            try PostgresPool.Configuration("postgresql://db/app?conection_limit=3")
        }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains("conection_limit") == true)
        #expect(error?.message.contains("did you mean \"connection_limit\"") == true)
    }

    @Test func `The defaults suit a service`() throws {
        let configuration = try PostgresPool.Configuration("")
        #expect(configuration.minimumConnections == 0)
        #expect(configuration.maximumConnections >= 3 && configuration.maximumConnections % 2 == 1)
        #expect(configuration.acquireTimeout == .seconds(30))
        #expect(configuration.startupParameters.isEmpty)
    }

    struct Mistake: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let change: @Sendable (inout PostgresPool.Configuration) -> Void
    }

    static let mistakes = [
        Mistake(testDescription: "maximumConnections is 0") { $0.maximumConnections = 0 },
        Mistake(testDescription: "a minimum of connections is below 0") { $0.minimumConnections = -1 },
        Mistake(testDescription: "a minimum of connections is above") {
            ($0.minimumConnections, $0.maximumConnections) = (5, 4)
        },
        Mistake(testDescription: "maximumWaiters is 0") { $0.maximumWaiters = 0 },
        Mistake(testDescription: "acquireTimeout is 0") { $0.acquireTimeout = .zero },
        Mistake(testDescription: "maximumLifetime is -1") { $0.maximumLifetime = .seconds(-1) },
        Mistake(testDescription: "leakThreshold is 0") { $0.leakThreshold = .zero },
    ]

    @Test(arguments: mistakes)
    func `Contradictory settings are refused by name`(mistake: Mistake) throws {
        var configuration = try PostgresPool.Configuration("host=db")
        mistake.change(&configuration)
        let error = #expect(throws: PostgresError.self) { try PostgresPool(configuration) }
        #expect(error?.code == .configuration)
        #expect(error?.message.hasPrefix(mistake.testDescription) == true)
    }

    @Test(arguments: [
        (Duration.milliseconds(1500), "1500"), (.microseconds(1), "1"), (.seconds(10_000_000), "2147483647"),
    ])
    func `Server-side timeouts are rounded to whole milliseconds`(time: Duration, value: String) throws {
        var configuration = try PostgresPool.Configuration("")
        configuration.statementTimeout = time
        #expect(configuration.startupParameters == [.init(name: "statement_timeout", value: value)])
    }
}

@Suite("Session state that a statement changes")
struct SessionAlterationsTests {
    typealias Row = (tag: String, sql: String?, undoStatements: String)

    /// Tags as PostgreSQL 15 gives them.
    static let table: [Row] = [
        ("SELECT 1", "SELECT 1", ""), ("INSERT 0 1", nil, ""), ("BEGIN", "BEGIN", ""), ("CREATE INDEX", nil, ""),
        ("SET", "SET work_mem = '1MB'", "SET SESSION AUTHORIZATION DEFAULT; RESET ALL"),
        ("SET", "set\n  session foo.bar = 'local'", "SET SESSION AUTHORIZATION DEFAULT; RESET ALL"),
        ("SET", nil, "SET SESSION AUTHORIZATION DEFAULT; RESET ALL"),
        ("SET", "SET LOCAL work_mem = '1MB'", ""), ("SET", " set\tlocal x.y = 1", ""),
        ("SET", "-- local\nSET ROLE nobody", "SET SESSION AUTHORIZATION DEFAULT; RESET ALL"),
        ("SET", "/* transaction */ SET search_path = x", "SET SESSION AUTHORIZATION DEFAULT; RESET ALL"),
        ("SET", "SET TRANSACTION READ ONLY", ""), ("SET CONSTRAINTS", "SET CONSTRAINTS ALL DEFERRED", ""),
        ("LISTEN", "LISTEN news", "UNLISTEN *"), ("PREPARE", nil, "DEALLOCATE ALL"),
        ("PREPARE TRANSACTION", nil, ""), ("CREATE TABLE", nil, "DISCARD TEMP"), ("DECLARE CURSOR", nil, "CLOSE ALL"),
        ("", "", ""),
    ]

    @Test(arguments: table)
    func `The command tag tells what has to be reset`(row: Row) {
        #expect(SessionAlterations(tag: row.tag, sql: row.sql, returnsRows: true).undoStatements == row.undoStatements)
    }

    /// `CREATE TEMP TABLE t AS SELECT 1` and `SELECT 1 INTO TEMP t` are answered `SELECT 1`.
    @Test func `A SELECT without rows has created a table`() {
        #expect(SessionAlterations(tag: "SELECT 1", sql: nil, returnsRows: false).undoStatements == "DISCARD TEMP")
    }
}
