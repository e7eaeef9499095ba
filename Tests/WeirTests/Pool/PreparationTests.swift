import PGWire
import Synchronization
import Testing
import Weir
import WeirTestSupport

/// `prepareConnection`, against PostgreSQL.
@Suite("prepareConnection", .limited) struct PreparationTests {
    private func withPool<Result>(
        _ prepare: @escaping @Sendable (inout PostgresConnection) async throws -> Void,
        _ change: (inout PostgresPool.Configuration) -> Void = { _ in },
        _ body: (PostgresPool) async throws -> Result
    ) async throws -> Result {
        let server = try await TestServer.shared
        var configuration = try PostgresPool.Configuration(server.connectionString())
        configuration.maximumConnections = 1
        configuration.logger = RecordedLog().logger
        configuration.prepareConnection = prepare
        change(&configuration)
        return try await PostgresPool.with(configuration, body)
    }

    /// The error of a caller that does not wait, once a connection could not be opened.
    private func shortage(of pool: PostgresPool) async throws -> PostgresError? {
        let patient = Task { try await pool.withConnection { _ in } }
        defer { patient.cancel() }
        try await until("an attempt has failed") { pool.stats.lastError != nil }
        return await failure { try await pool.withConnection(timeout: .zero) { _ in } }
    }

    @Test func `Each new connection is prepared once before it is leased`() async throws {
        let counter = Counter()
        try await withPool { connection in
            _ = counter.next()
            try await connection.execute("SET my.tenant = 'acme'")
            try await connection.execute("CREATE TEMP TABLE prepared (n int)")
        } _: {
            $0.maximumConnections = 2
        } _: { pool in
            for _ in 0..<3 {
                try await pool.withConnection { first in
                    #expect(try await first.fetchValue("SHOW my.tenant", as: String.self) == "acme")
                    try await pool.withConnection { second in
                        #expect(try await second.fetchValue("SHOW my.tenant", as: String.self) == "acme")
                        try await second.execute("TABLE prepared")
                    }
                }
            }
            #expect(pool.stats.created == 2)
        }
        #expect(counter.next() == 3)
    }

    @Test(arguments: [PostgresPool.ResetPolicy.tracked, .discardAll])
    func `A connection is prepared again after a reset`(policy: PostgresPool.ResetPolicy) async throws {
        let meddling = [
            "SET work_mem = '77MB'", "RESET my.tenant", "DISCARD ALL", "CREATE TEMP TABLE mine (n int)", "LISTEN news",
            "SET ROLE pg_monitor", "PREPARE mine AS SELECT 1",
        ]
        try await withPool { connection in
            try await connection.execute("SET my.tenant = 'acme'")
            try await connection.execute("SELECT set_config('my.other', 'untracked', false)")
            try await connection.execute("CREATE TEMP TABLE prepared (n int)")
            try await connection.execute("PREPARE answer AS SELECT 42")
        } _: {
            $0.resetPolicy = policy
        } _: { pool in
            for sql in meddling {
                try await pool.withConnection { connection in
                    try await connection.execute("\(raw: sql)")
                }
                try await pool.withConnection { connection in
                    let settings = try await connection.fetchOne(
                        "SELECT current_setting('my.tenant'), current_setting('my.other'), current_user::text",
                        as: (String, String, String).self)
                    #expect(settings == ("acme", "untracked", "postgres"), "after \(sql)")
                    try await connection.execute("TABLE prepared")
                    try await connection.executeScript("EXECUTE answer")
                    let left = try await connection.fetchValue(
                        "SELECT to_regclass('mine') IS NULL AND current_setting('work_mem') <> '77MB'", as: Bool.self)
                    #expect(left, "after \(sql)")
                }
            }
            #expect(pool.stats.created == 1)
        }
    }

    @Test func `A connection whose preparation fails is not leased`() async throws {
        let isBroken = Mutex(true)
        try await withPool { connection in
            if isBroken.withLock({ $0 }) { try await connection.execute("SELECT nonsense") }
        } _: { _ in
        } _: { pool in
            let error = try await shortage(of: pool)
            #expect(error?.code == .acquireTimeout)
            let text = error.map { "\($0)" } ?? ""
            #expect(text.contains("a new connection could not be prepared (prepareConnection)"))
            #expect(text.contains("because: ERROR 42703"))
            #expect(pool.stats.lastError?.contains("prepareConnection") == true)
            isBroken.withLock { $0 = false }
            try await pool.execute("SELECT 1")
            #expect(pool.stats.created == 1)
        }
    }

    @Test func `Leaving a transaction open is a failure`() async throws {
        try await withPool { connection in
            try await connection.execute("BEGIN")
        } _: { _ in
        } _: { pool in
            let error = try await shortage(of: pool)
            #expect(error?.message.contains("a transaction or a statement was left open") == true)
            #expect(pool.stats.created == 0)
        }
    }

    @Test func `A closure that ignores cancellation is not waited for`() async throws {
        let stubborn = Mutex<[CheckedContinuation<Void, Never>]>([])
        let error = try await withPool { _ in
            await withCheckedContinuation { continuation in stubborn.withLock { $0.append(continuation) } }
        } _: {
            $0.checkTimeout = .milliseconds(100)
        } _: { pool in
            try await shortage(of: pool)
        }
        #expect(error?.message.contains("(prepareConnection) took longer than 100 ms") == true)
        for continuation in stubborn.withLock({ $0 }) { continuation.resume() }
    }

    @Test func `A connection without a pool is prepared too`() async throws {
        let server = try await TestServer.shared
        var configuration = try PostgresPool.Configuration(server.connectionString())
        configuration.prepareConnection = { try await $0.execute("SET my.tenant = 'acme'") }
        let tenant = try await PostgresConnection.with(configuration) { connection in
            try await connection.fetchValue("SHOW my.tenant", as: String.self)
        }
        #expect(tenant == "acme")
        configuration.prepareConnection = { _ in throw PostgresError(.misuse, "no") }
        let error = await failure { try await PostgresConnection.with(configuration) { _ in } }
        #expect(error?.code == .connectFailed)
        #expect((error?.underlying as? PostgresError)?.message == "no")
    }
}

@Suite("Knowledge shared by the connections of a pool", .limited) struct SharedKnowledgeTests {
    @Test func `A type is looked up once per pool`() async throws {
        let server = try await TestServer.shared
        var configuration = try PostgresPool.Configuration(server.connectionString())
        configuration.maximumConnections = 2
        try await PostgresPool.with(configuration) { pool in
            try await pool.execute("DROP TYPE IF EXISTS looked_up, renamed")
            try await pool.execute("CREATE TYPE looked_up AS ENUM ('a')")
            try await pool.withConnection { first in
                let name = try await first.query("SELECT 'a'::looked_up").rows.columns[0].type.name
                #expect(name == "looked_up")
                // Who looks it up now finds another name.
                try await first.execute("ALTER TYPE looked_up RENAME TO renamed")
                try await pool.withConnection { second in
                    #expect(second.processID != first.processID)
                    let name = try await second.query("SELECT 'a'::renamed").rows.columns[0].type.name
                    #expect(name == "looked_up")
                }
            }
            try await pool.execute("DROP TYPE renamed")
        }
    }
}
