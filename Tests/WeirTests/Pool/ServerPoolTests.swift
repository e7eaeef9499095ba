import Logging
import PGConnInfo
import PGWire
import ServiceLifecycle
import Synchronization
import Testing
import Weir
import WeirTestSupport

/// The pool and its sessions, against PostgreSQL.
@Suite("A pool of connections to PostgreSQL", .limited)
struct ServerPoolTests {
    private let here = SourceLocation(file: #fileID, line: #line)

    private func configuration(
        _ name: String, _ more: String = "", _ change: (inout PostgresPool.Configuration) throws -> Void = { _ in }
    ) async throws -> PostgresPool.Configuration {
        let server = try await TestServer.shared
        var configuration = try PostgresPool.Configuration(
            server.connectionString("application_name=\(name) \(more)"))
        configuration.maximumConnections = 3
        configuration.logger = RecordedLog().logger
        try change(&configuration)
        return configuration
    }

    /// Borrows a connection for the length of `body`.
    private func borrow<Value>(
        _ pool: PostgresPool, _ body: (PostgresSession) async throws -> Value
    ) async throws -> Value {
        let lease = try await pool.acquire(timeout: nil, origin: here)
        defer { pool.release(lease) }
        return try await body(lease.session)
    }

    private func text(_ session: PostgresSession, _ sql: String) async throws -> String {
        try #require(try await session.query(PostgresQuery(sql: sql)).rows.first).decode(String.self)
    }

    /// How many connections of that name the server knows.
    private func connections(_ name: String) async throws -> Int {
        let session = await PostgresSession(try await TestServer.shared.connect())
        defer { session.abort() }
        let count = try await text(
            session, "SELECT count(*)::text FROM pg_stat_activity WHERE application_name = '\(name)'")
        return Int(count) ?? -1
    }

    private func waitUntilNone(_ name: String) async throws {
        try await until("none of its connections is left") { try await connections(name) == 0 }
    }

    @Test func `The same connection is leased again`() async throws {
        try await PostgresPool.with(configuration("again")) { pool in
            let first = try await borrow(pool) { try await text($0, "SELECT pg_backend_pid()::text") }
            let second = try await borrow(pool) { try await text($0, "SELECT pg_backend_pid()::text") }
            #expect(first == second)
            #expect(pool.stats.created == 1)
        }
        try await waitUntilNone("again")
    }

    @Test func `A transaction left open is rolled back`() async throws {
        try await PostgresPool.with(configuration("open")) { pool in
            let process = try await borrow(pool) { (session) async throws in
                _ = try await session.script("BEGIN; CREATE TABLE left_open (id int)")
                return session.processID
            }
            try await borrow(pool) { (session) async throws in
                #expect(session.processID == process)
                #expect(session.status == .idle)
                #expect(try await text(session, "SELECT coalesce(to_regclass('left_open')::text, 'none')") == "none")
            }
        }
    }

    @Test func `A failed transaction is rolled back`() async throws {
        try await PostgresPool.with(configuration("failed")) { pool in
            try await borrow(pool) { (session) async throws in
                await #expect(throws: PostgresError.self) { try await session.script("BEGIN; SELECT 1/0") }
                #expect(session.status == .failed)
            }
            #expect(try await borrow(pool) { try await text($0, "SELECT 'fine'") } == "fine")
            #expect(pool.stats.created == 1)
        }
    }

    @Test(arguments: [PostgresPool.ResetPolicy.tracked, .discardAll])
    func `Changes of a lease are undone`(policy: PostgresPool.ResetPolicy) async throws {
        try await PostgresPool.with(configuration("changed") { $0.resetPolicy = policy }) { pool in
            try await borrow(pool) { (session) async throws in
                for sql in [
                    "SET work_mem = '77MB'", "SET ROLE pg_monitor", "LISTEN news", "RESET ROLE",
                    "PREPARE mine AS SELECT 1",
                    "CREATE TEMP TABLE mine (id int)", "SET ROLE pg_monitor",
                ] { _ = try await session.query(PostgresQuery(sql: sql)) }
            }
            try await borrow(pool) { (session) async throws in
                #expect(try await text(session, "SHOW work_mem") != "77MB")
                #expect(try await text(session, "SELECT current_user::text") == "postgres")
                #expect(try await text(session, "SELECT count(*)::text FROM pg_listening_channels()") == "0")
                #expect(
                    try await text(session, "SELECT count(*)::text FROM pg_prepared_statements WHERE from_sql") == "0")
                #expect(try await text(session, "SELECT coalesce(to_regclass('mine')::text, 'none')") == "none")
            }
            #expect(pool.stats.created == 1)
        }
    }

    @Test(arguments: [
        "CREATE TEMP TABLE secret AS SELECT 42 AS n", "SELECT 42 AS n INTO TEMP secret",
        "CREATE TEMP TABLE secret (n int)",
    ])
    func `Temporary tables do not survive a lease`(sql: String) async throws {
        try await PostgresPool.with(configuration("temporary") { $0.maximumConnections = 1 }) { pool in
            for isScript in [true, false] {
                try await borrow(pool) { (session) async throws in
                    if isScript {
                        _ = try await session.script(sql)
                    } else {
                        _ = try await session.query(.init(sql: sql))
                    }
                }
                #expect(
                    try await borrow(pool) { try await text($0, "SELECT (to_regclass('secret') IS NULL)::text") }
                        == "true")
                #expect(pool.stats.created == 1)
            }
        }
    }

    @Test func `Without a reset policy changes remain`() async throws {
        try await PostgresPool.with(configuration("none") { $0.resetPolicy = .none }) { pool in
            try await borrow(pool) { _ = try await $0.script("SET work_mem = '77MB'") }
            #expect(try await borrow(pool) { try await text($0, "SHOW work_mem") } == "77MB")
        }
    }

    @Test func `Settings local to a transaction need no reset`() async throws {
        try await PostgresPool.with(configuration("local")) { pool in
            let lease = try await pool.acquire(timeout: nil, origin: here)
            for sql in ["BEGIN", "SET LOCAL work_mem = '77MB'", "set transaction read only", "COMMIT"] {
                _ = try await lease.session.query(PostgresQuery(sql: sql))
            }
            #expect(lease.server.isClean(for: .tracked))
            pool.release(lease)
        }
    }

    @Test func `A statement still running at release is cancelled`() async throws {
        try await PostgresPool.with(configuration("running") { $0.maximumConnections = 1 }) { pool in
            let lease = try await pool.acquire(timeout: nil, origin: here)
            let session = lease.session
            let forgotten = Task { try await session.query(PostgresQuery(sql: "SELECT pg_sleep(600)")) }
            try await until("the statement is under way") { session.status == nil }
            pool.release(lease)
            #expect(try await borrow(pool) { try await text($0, "SELECT 'fine'") } == "fine")
            #expect(pool.stats.created == 1)
            await #expect(throws: PostgresError.self) { _ = try await forgotten.value }
        }
    }

    @Test func `A connection closed by the server is not leased`() async throws {
        try await PostgresPool.with(configuration("closed")) { pool in
            let leases = [
                try await pool.acquire(timeout: nil, origin: here), try await pool.acquire(timeout: nil, origin: here),
            ]
            let victim = try #require(leases[0].session.processID)
            pool.release(leases[0])
            try await borrow(pool) { (session) async throws in
                #expect(session.processID == victim)
            }
            _ = try await text(leases[1].session, "SELECT pg_terminate_backend(\(victim), 10000)::text")
            pool.release(leases[1])
            for _ in 0..<3 {
                #expect(try await borrow(pool) { try await text($0, "SELECT 'fine'") } == "fine")
            }
        }
    }

    @Test func `A missing database is reported at once`() async throws {
        let configuration = try await configuration("nodb", "dbname=nowhere") { _ in }
        let pool = try PostgresPool(configuration)
        let error = await #expect(throws: PostgresError.self) {
            _ = try await pool.acquire(timeout: .seconds(60), origin: here)
        }
        #expect(error?.code == .refused)
        #expect(error?.message.contains("nowhere") == true)
        await pool.close()
    }

    @Test func `The acquire timeout reports why there is no connection`() async throws {
        let pool = try PostgresPool(
            PostgresPool.Configuration("postgresql://someone@127.0.0.1:7159/app?pool_timeout=0"))
        let patient = Task { try await pool.acquire(timeout: nil, origin: here) }
        try await until("an attempt has failed") { pool.stats.connectFailures > 0 }
        let error = await #expect(throws: PostgresError.self) {
            _ = try await pool.acquire(timeout: .milliseconds(1), origin: here)
        }
        patient.cancel()
        #expect(error?.code == .acquireTimeout)
        #expect((error?.underlying as? PostgresError)?.code == .connectFailed)
        #expect(error?.message.contains("the last attempt to connect failed") == true)
        await pool.close()
    }

    @Test(.onlyDirectly) func `Each session gets its settings`() async throws {
        let configuration = try await configuration("settings", "schema=pg_catalog") {
            $0.statementTimeout = .milliseconds(12_345)
            $0.idleInTransactionTimeout = .seconds(77)
        }
        try await PostgresPool.with(configuration) { (pool) async throws in
            for _ in 0..<2 {
                try await borrow(pool) { (session) async throws in
                    #expect(try await text(session, "SHOW statement_timeout") == "12345ms")
                    #expect(try await text(session, "SHOW idle_in_transaction_session_timeout") == "77s")
                    #expect(try await text(session, "SHOW search_path") == "\"pg_catalog\"")
                    // What comes next time is what it began with.
                    _ = try await session.query(PostgresQuery(sql: "SET statement_timeout = 1000"))
                }
            }
        }
    }

    @Test func `The role of the server is checked`() async throws {
        let session = await PostgresSession(try await TestServer.shared.connect())
        let roles: [(ConnectionOptions.TargetSessionAttrs, Bool, Bool)] = [
            (.any, true, true), (.readWrite, true, false), (.primary, true, true), (.standby, false, false),
            (.readOnly, false, true), (.preferStandby, true, true),
        ]
        for (role, whenWritable, whenReadOnly) in roles {
            let pooled = PooledSession(session, role: role)
            _ = try await session.script("SET default_transaction_read_only = off")
            #expect(await pooled.check(role: true) == whenWritable, "\(role)")
            _ = try await session.script("SET default_transaction_read_only = on")
            #expect(await pooled.check(role: true) == whenReadOnly, "\(role)")
            #expect(await pooled.check(role: false))
        }
        await session.close()
        #expect(await !PooledSession(session, role: .any).check(role: false))
    }

    @Test func `An idle transaction is detected`() async throws {
        let session = await PostgresSession(try await TestServer.shared.connect())
        let pooled = PooledSession(session, role: .any)
        #expect(pooled.idleTransaction == nil)
        _ = try await session.script("BEGIN")
        let first = try #require(pooled.idleTransaction)
        #expect(pooled.idleTransaction == first)
        _ = try await session.script("SELECT 1")
        #expect(try #require(pooled.idleTransaction) != first)
        _ = try await session.script("COMMIT")
        #expect(pooled.idleTransaction == nil)
        await session.close()
    }

    @Test func `A pool that is deallocated closes its connections`() async throws {
        let log = RecordedLog()
        do {
            let pool = try await PostgresPool(configuration("dropped") { $0.logger = log.logger })
            _ = try await borrow(pool) { try await text($0, "SELECT 1::text") }
        }
        try await waitUntilNone("dropped")
        #expect(log.warnings.contains { $0.contains("deallocated without close()") })
    }

    @Test func `The pool is a service that ends with its group`() async throws {
        let pool = try await PostgresPool(configuration("service") { $0.minimumConnections = 2 })
        let group = ServiceGroup(services: [pool], logger: RecordedLog().logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            #expect(try await borrow(pool) { try await text($0, "SELECT 'fine'") } == "fine")
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        try await waitUntilNone("service")
        let error = await #expect(throws: PostgresError.self) { _ = try await pool.acquire(timeout: nil, origin: here) }
        #expect(error?.code == .poolClosed)
    }

    @Test func `The pool ends when its task is cancelled, even with connections leased`() async throws {
        let pool = try await PostgresPool(configuration("cancelled"))
        let lease = try await pool.acquire(timeout: nil, origin: here)
        let running = Task { try await pool.run() }
        running.cancel()
        _ = await running.result
        // The event loop closes it a moment later.
        try await until("the connection is closed") { !lease.session.isOpen }
        pool.release(lease)
    }

    @Test func `The pool can fail at the start`() async throws {
        let configuration = try await configuration("fast", "dbname=nowhere") { $0.startPolicy = .failFast }
        let error = await #expect(throws: PostgresError.self) {
            _ = try await PostgresPool.with(configuration) { _ in Issue.record("there is no such database") }
        }
        #expect(error?.code == .refused)
        let pool = try PostgresPool(configuration)
        await #expect(throws: PostgresError.self) { try await pool.run() }
        #expect(pool.stats.total == 0)
    }

    @Test func `Reads go to replicas and writes to the primary`() async throws {
        let server = try await TestServer.shared
        let configuration = try await configuration("primary") {
            $0.replicas = [
                try ConnectionString(
                    "host=\(server.socketFolder) port=\(server.port) user=postgres dbname=postgres "
                        + "application_name=replica connect_timeout=300")
            ]
        }
        try await PostgresPool.with(configuration) { (pool) async throws in
            let (reader, writer) = (
                try await pool.acquireForReading(timeout: nil, origin: here),
                try await pool.acquire(timeout: nil, origin: here)
            )
            #expect(try await text(reader.session, "SHOW application_name") == "replica")
            #expect(try await text(writer.session, "SHOW application_name") == "primary")
            pool.release(reader)
            pool.release(writer)
            #expect(pool.statsByServer.map(\.idle) == [1, 1])
            #expect(pool.stats.maximum == 6)
        }
    }

    @Test func `Connections are leased for the duration of a closure`() async throws {
        let configuration = try await configuration("lent") { $0.replicas = [$0.connection] }
        try await PostgresPool.with(configuration) { (pool) async throws in
            let read = try await pool.read { try await $0.fetchValue("SELECT 1", as: Int.self) }
            let written = try await pool.write { try await $0.fetchValue("SELECT 2", as: Int.self) }
            #expect((read, written) == (1, 2))
            #expect(pool.statsByServer.map(\.acquired) == [1, 1])
            #expect(pool.stats.inUse == 0)
        }
    }

    @Test func `Read-only errors make the pool check its connections`() async throws {
        try await PostgresPool.with(configuration("changes")) { (pool) async throws in
            await #expect(throws: PostgresError.self) {
                try await pool.withConnection { connection in
                    try await connection.execute("SET default_transaction_read_only = on")
                    try await connection.execute("CREATE TABLE never (id int)")
                }
            }
            // It was reset and then found to be all right.
            let process = try await pool.withConnection { connection in
                try await connection.execute("CREATE TEMP TABLE fine (id int)")
                return connection.processID
            }
            #expect(process != nil)
            #expect(pool.stats.created == 1)
        }
    }

    @Test func `Errors of read-only transactions are not taken for a role change`() async throws {
        let log = RecordedLog()
        try await PostgresPool.with(configuration("read_only") { $0.logger = log.logger }) { (pool) async throws in
            for isInSavepoint in [false, true] {
                let error = await failure {
                    try await pool.withTransaction(readOnly: true) { transaction in
                        guard isInSavepoint else { return try await transaction.execute("CREATE TABLE never ()") }
                        return try await transaction.withTransaction { try await $0.execute("CREATE TABLE never ()") }
                    }
                }
                #expect(error?.sqlState == .readOnlySQLTransaction)
            }
            #expect(!log.entries.contains { $0.contains("may have changed") })
            // The next transaction is another one.
            let error = await failure {
                try await pool.withTransaction { transaction in
                    try await transaction.execute("SET TRANSACTION READ ONLY")
                    try await transaction.execute("CREATE TABLE never (id int)")
                }
            }
            #expect(error?.sqlState == .readOnlySQLTransaction)
            #expect(log.entries.contains { $0.contains("may have changed") })
        }
    }

    @Test func `A statement can run without a time limit`() async throws {
        try await PostgresPool.with(configuration("short_limit") { $0.commandTimeout = .milliseconds(100) }) {
            (pool) async throws in
            let error = await failure { try await pool.execute("SELECT pg_sleep(600)") }
            #expect(error?.message == "the statement took longer than 100 ms")
            // Nothing here has the pool's limit, which a busy machine may need for a statement that does nothing.
            try await pool.execute("SELECT pg_sleep(0.3)", timeout: .noLimit)
            try await pool.withConnection { connection in
                try await connection.execute("SELECT pg_sleep(0.3)", timeout: .seconds(Int64.max))
                for try await _ in connection.stream("SELECT pg_sleep(0.3)", timeout: .noLimit) {}
            }
        }
        try await PostgresPool.with(configuration("in_transaction")) { (pool) async throws in
            let error = await failure {
                try await pool.withTransaction(timeout: .noLimit) { transaction in
                    try await transaction.execute("SELECT 1", timeout: .seconds(Int64.max))
                    for try await _ in transaction.stream("SELECT 1", timeout: .noLimit) {}
                    try await transaction.execute("SELECT pg_sleep(600)", timeout: .milliseconds(100))
                }
            }
            #expect(error?.message == "the statement took longer than 100 ms")
        }
        try await PostgresPool.with(
            configuration("no_limit") {
                ($0.commandTimeout, $0.connectTimeout, $0.acquireTimeout) = (.noLimit, .noLimit, .noLimit)
                ($0.checkTimeout, $0.closeTimeout, $0.metricsInterval) = (.noLimit, .noLimit, .noLimit)
                ($0.leakThreshold, $0.idleTransactionThreshold, $0.maximumLifetime) = (.noLimit, .noLimit, .noLimit)
            }
        ) { (pool) async throws in
            try await pool.withConnection { try await $0.execute("SET work_mem = '5MB'") }
            try await pool.execute("SELECT 1")
        }
    }

    @Test func `A connection is released when the closure throws`() async throws {
        struct Mishap: Error {}
        try await PostgresPool.with(configuration("mishap")) { (pool) async throws in
            for _ in 0..<10 {
                await #expect(throws: Mishap.self) {
                    try await pool.withConnection { connection in
                        try await connection.executeScript("BEGIN; SELECT 1")
                        throw Mishap()
                    }
                }
            }
            #expect(pool.stats.inUse == 0)
            #expect(pool.stats.created == 1)
        }
    }

    @Test func `The pool survives many tasks, cancellations and killed backends`() async throws {
        let configuration = try await configuration("soak") {
            $0.maximumConnections = 5
            $0.minimumConnections = 2
        }
        try await PostgresPool.with(configuration) { (pool) async throws in
            let peak = Peak()
            let answered = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<300 {
                    group.addTask {
                        let task = Task { try await self.work(pool, number, peak) }
                        if number % 7 == 0 { task.cancel() }
                        _ = await task.result
                        return true
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(answered == 300)
            // As many as may be, in the midst of it, and never more.
            #expect(peak.value == 5)
            let numbers = pool.stats
            #expect(numbers.inUse == 0 && numbers.waiting == 0)
            #expect(numbers.total <= 5)
            #expect(try await borrow(pool) { try await text($0, "SELECT 'fine'") } == "fine")
        }
        try await waitUntilNone("soak")
    }

    /// As the server sees it: nothing is killed here, since a process that was is seen for a moment after its connection.
    @Test func `The server never sees more connections than the maximum`() async throws {
        try await PostgresPool.with(configuration("peak") { $0.maximumConnections = 4 }) { (pool) async throws in
            let peak = Peak()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<300 {
                    group.addTask {
                        let task = Task {
                            let count = try await pool.fetchValue(
                                """
                                SELECT count(*) FROM pg_stat_activity, pg_sleep(0.002)
                                WHERE application_name = 'peak'
                                """, as: Int.self)
                            peak.note(count)
                        }
                        if number % 7 == 0 { task.cancel() }
                        _ = await task.result
                    }
                }
                try await group.waitForAll()
            }
            #expect(peak.value == 4)
        }
    }

    private func work(_ pool: PostgresPool, _ number: Int, _ peak: Peak) async throws {
        try await borrow(pool) { (session) async throws in
            let numbers = pool.stats, count = numbers.created - numbers.destroyed.values.reduce(0, +)
            peak.note(count)
            switch number % 10 {
            case 0: _ = try await session.script("BEGIN; SELECT 1")
            case 1: _ = try await session.query(PostgresQuery(sql: "SELECT pg_terminate_backend(pg_backend_pid())"))
            case 2: _ = try await session.query(PostgresQuery(sql: "SET work_mem = '5MB'"))
            default: _ = try await text(session, "SELECT pg_sleep(0.001)::text")
            }
        }
    }
}

/// The greatest number that was seen.
private final class Peak: Sendable {
    private let greatest = Mutex(0)
    var value: Int { greatest.withLock { $0 } }
    func note(_ number: Int) { greatest.withLock { $0 = max($0, number) } }
}
