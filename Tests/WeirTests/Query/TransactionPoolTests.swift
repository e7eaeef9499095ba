import DevPostgres
import Foundation
import Synchronization
import Testing
import Weir
import WeirTestSupport

/// Through `weir serve` in transaction mode, with more clients than servers: nothing may rest on a session.
@Suite(.enabled(if: TestServer.isThroughPooler, "WEIR_TEST_THROUGH names no pooler"), .serialized, .limited)
struct TransactionPoolTests {
    private func withPool<Result>(_ body: (PostgresPool) async throws -> Result) async throws -> Result {
        let server = try await TransactionPooler.server
        var configuration = try PostgresPool.Configuration(
            "postgresql://postgres@/postgres?host=\(server.socketFolder)&port=\(server.port)&pgbouncer=true"
                + "&connect_timeout=300&pool_timeout=300&pool_ping_timeout=300s")
        // Four times as many as the pooler has servers.
        configuration.maximumConnections = 20
        return try await PostgresPool.with(configuration, body)
    }

    /// Runs `body` many times over at once.
    private func crowd(
        _ pool: PostgresPool, _ body: @escaping @Sendable (PostgresPool, Int) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<200 { group.addTask { try await body(pool, number) } }
            try await group.waitForAll()
        }
    }

    @Test func `Each task gets its own answer`() async throws {
        try await withPool { pool in
            try await crowd(pool) { pool, number in
                let one = try await pool.fetchOne(
                    "SELECT \(number)::int4, \("x\(number)")::text", as: (Int, String).self)
                #expect(one == (number, "x\(number)"))
                let many = try await pool.fetch(
                    "SELECT \(number)::int4 + g FROM generate_series(1, 20) g", as: Int.self)
                #expect(many == (1...20).map { number + $0 })
            }
        }
    }

    @Test func `A transaction stays on one server`() async throws {
        try await withPool { pool in
            try await crowd(pool) { pool, number in
                try await pool.withTransaction { transaction in
                    let process = try await transaction.fetchValue("SELECT pg_backend_pid()", as: Int.self)
                    try await transaction.execute("SELECT set_config('soak.mine', \("\(number)"), true)")
                    let (again, mine) = try await transaction.fetchOne(
                        "SELECT pg_backend_pid(), current_setting('soak.mine')", as: (Int, String).self)
                    #expect(again == process && mine == "\(number)")
                    var sum = 0
                    for try await value in transaction.cursor(
                        "SELECT g FROM generate_series(1, 100) g", as: Int.self, fetchSize: 30)
                    {
                        sum += value
                    }
                    #expect(sum == 5050)
                }
            }
        }
    }

    @Test func `Arrays and user-defined types are found`() async throws {
        try await withPool { pool in
            try await pool.withConnection { connection in
                _ = try await connection.executeScript(
                    """
                    DROP TYPE IF EXISTS tp_pair, tp_mood;
                    CREATE TYPE tp_mood AS ENUM ('happy', 'sad'); CREATE TYPE tp_pair AS (a int, b text)
                    """)
            }
            enum Mood: String, PostgresCodable { case happy, sad }
            try await crowd(pool) { pool, number in
                let moods = try await pool.fetchValue("SELECT \([Mood.sad, .happy])::tp_mood[]", as: [Mood].self)
                #expect(moods == [.sad, .happy])
                let pair = try await pool.fetchValue(
                    "SELECT row(\(number)::int4, 'b')::tp_pair", as: PostgresTuple<Int, String>.self)
                #expect(pair.values == (number, "b"))
            }
        }
    }

    @Test func `COPY works in both directions`() async throws {
        try await withPool { pool in
            _ = try await pool.withConnection {
                try await $0.executeScript("DROP TABLE IF EXISTS tp_lines; CREATE TABLE tp_lines (tag int, n int)")
            }
            try await crowd(pool) { pool, number in
                try await pool.withConnection { connection in
                    let count = try await connection.copyIn(
                        into: "tp_lines", columns: ["tag", "n"], (1...30).map { (number, $0) })
                    #expect(count == 30)
                    var text = ""
                    for try await piece in connection.copyOut(
                        "COPY (SELECT n FROM tp_lines WHERE tag = \(raw: "\(number)") ORDER BY n) TO STDOUT")
                    {
                        text += String(decoding: piece, as: UTF8.self)
                    }
                    #expect(text == (1...30).map { "\($0)\n" }.joined())
                }
            }
        }
    }

    @Test func `Cancelling stops only the intended statement`() async throws {
        try await withPool { pool in
            try await crowd(pool) { pool, number in
                if number % 3 == 0 {
                    let error = await failure {
                        try await pool.execute("SELECT pg_sleep(100)", timeout: .milliseconds(number % 7))
                    }
                    #expect(error?.code == .commandTimeout)
                } else {
                    let answer = try await pool.fetchValue("SELECT \(number)::int4 FROM pg_sleep(0.002)", as: Int.self)
                    #expect(answer == number)
                }
            }
        }
    }

    @Test func `Pipelines and executeMany work`() async throws {
        try await withPool { pool in
            _ = try await pool.withConnection {
                try await $0.executeScript("DROP TABLE IF EXISTS tp_many; CREATE TABLE tp_many (tag int, n int)")
            }
            try await crowd(pool) { pool, number in
                try await pool.withConnection { connection in
                    let (a, b) = try await connection.pipeline(
                        .value("SELECT \(number)::int4", as: Int.self),
                        .value("SELECT \(number)::int4 + 1", as: Int.self))
                    #expect((a, b) == (number, number + 1))
                    let count = try await connection.executeMany(
                        "INSERT INTO tp_many VALUES ($1, $2)", (1...10).map { (number, $0) })
                    #expect(count == 10)
                }
            }
        }
    }
}

/// The pooler in transaction mode that the tests of this process share, with its own PostgreSQL.
private struct TransactionPooler {
    static var server: TestServer {
        get async throws { try await Starting.wait { try shared.withLock { try $0.start() } } }
    }

    private static let shared = Mutex(TransactionPooler())
    private var running: (folder: StateFolder, cluster: DevCluster, pooler: TestPooler)?

    private mutating func start() throws -> TestServer {
        if let running { return running.pooler.server }
        guard let program = TestPooler.program else { throw ProgramFailure(program: "weir", said: "none is named") }
        let folder = try StateFolder(
            .ephemeral(in: StateFolder.temporaryDirectory()), account: try ProgramAccount.unprivileged())
        let cluster = try DevCluster(in: folder, programs: TestPrograms.folder)
        let pooler = try TestPooler(program, before: TestServer(cluster), mode: "transaction", in: folder)
        running = (folder, cluster, pooler)
        Cleanup.atEnd {
            TransactionPooler.shared.withLock { pooler in
                pooler.running?.pooler.stop()
                pooler.running?.cluster.stop(immediatelyWhen: { true })
                pooler.running?.folder.release()
            }
        }
        return pooler.server
    }
}
