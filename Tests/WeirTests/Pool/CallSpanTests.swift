import Synchronization
import Testing
import Weir
import WeirTestSupport

/// Every public call over a pool, against PostgreSQL, and the spans it makes.
@Suite("One span for each call", .limited) struct CallSpanTests {
    private typealias Call = @Sendable (PostgresPool) async throws -> Void

    private static let calls: [(name: String, spans: [String], call: Call)] = [
        ("query", ["SELECT"], { _ = try await $0.query("SELECT 1") }),
        ("execute", ["UPDATE"], { try await $0.execute("UPDATE spans SET n = 1") }),
        ("fetch", ["SELECT"], { _ = try await $0.fetch("SELECT 1", as: Int.self) }),
        ("fetchOne", ["SELECT"], { _ = try await $0.fetchOne("SELECT 1", as: Int.self) }),
        ("fetchOptional", ["SELECT"], { _ = try await $0.fetchOptional("SELECT 1", as: Int.self) }),
        ("fetchValue", ["VALUES"], { _ = try await $0.fetchValue("VALUES (1)", as: Int.self) }),
        ("notify", ["SELECT"], { try await $0.notify("spans") }),
        (
            "withTransaction", ["BEGIN", "INSERT", "COMMIT"],
            { pool in
                _ = try await pool.withTransaction { try await $0.execute("INSERT INTO spans VALUES (1)") }
            }
        ),
        (
            "a transaction that fails", ["BEGIN", "SELECT", "ROLLBACK"],
            { pool in
                _ = await failure { try await pool.withTransaction { try await $0.execute("SELECT 1/0") } }
            }
        ),
        (
            "savepoints", ["BEGIN", "SAVEPOINT", "RELEASE", "SAVEPOINT", "SELECT", "ROLLBACK TO", "COMMIT"],
            { pool in
                try await pool.withTransaction { transaction in
                    try await transaction.withTransaction { _ in }
                    _ = await failure { try await transaction.withTransaction { try await $0.execute("SELECT 1/0") } }
                }
            }
        ),
        (
            "stream", ["SELECT"],
            { pool in
                try await pool.withConnection { connection in
                    for try await _ in connection.stream("SELECT generate_series(1, 3)") {}
                }
            }
        ),
        (
            "cursor", ["BEGIN", "SELECT", "COMMIT"],
            { pool in
                try await pool.withTransaction { transaction in
                    for try await _ in transaction.cursor("SELECT generate_series(1, 3)") {}
                }
            }
        ),
        (
            "pipeline", ["PIPELINE"],
            { pool in
                _ = try await pool.withConnection { try await $0.pipeline(["SELECT 1", "SELECT 2"]) }
            }
        ),
        (
            "executeMany", ["INSERT"],
            { pool in
                _ = try await pool.withConnection { try await $0.executeMany("INSERT INTO spans VALUES ($1)", [1, 2]) }
            }
        ),
        (
            "executeScript", ["SELECT"],
            { pool in
                _ = try await pool.withConnection { try await $0.executeScript("SELECT 1; SELECT 2") }
            }
        ),
        (
            "copyIn", ["COPY"],
            { pool in
                _ = try await pool.withConnection { connection in
                    try await connection.copyIn("COPY spans FROM STDIN") { try await $0.write("1\n2\n") }
                }
            }
        ),
        (
            "a COPY that fails", ["COPY!"],
            { pool in
                _ = await failure {
                    try await pool.withConnection { connection in
                        try await connection.copyIn("COPY spans FROM STDIN") { try await $0.write("no number\n") }
                    }
                }
            }
        ),
        (
            "a COPY that is given up", ["COPY!"],
            { pool in
                struct Mishap: Error {}
                _ = await failure {
                    try await pool.withConnection { connection in
                        try await connection.copyIn("COPY spans FROM STDIN") { _ in throw Mishap() }
                    }
                }
            }
        ),
        (
            "copyOut", ["COPY"],
            { pool in
                try await pool.withConnection { connection in
                    for try await _ in connection.copyOut("COPY spans TO STDOUT") {}
                }
            }
        ),
        ("read", ["SELECT"], { pool in _ = try await pool.read { try await $0.execute("SELECT 1") } }),
        ("write", ["SELECT"], { pool in _ = try await pool.write { try await $0.execute("SELECT 1") } }),
        ("listen", ["LISTEN"], { pool in try await pool.listen(to: "spans") { _ in } }),
    ]

    @Test(arguments: calls.indices) func `Each call makes its own spans`(index: Int) async throws {
        let (name, spans, call) = Self.calls[index], tracer = RecordedTracer(), server = try await TestServer.shared
        var configuration = try PostgresPool.Configuration(server.connectionString())
        configuration.logger = RecordedLog().logger
        configuration.maximumConnections = 1
        configuration.prepareConnection = { try await $0.execute("CREATE TEMP TABLE spans (n int)") }
        configuration.tracer = tracer
        try await PostgresPool.with(configuration) { pool in
            try await pool.withConnection { _ in }
            tracer.spans.withLock { $0 = [] }
            try await call(pool)
        }
        let recorded = tracer.spans.withLock { $0 }
        let isFailure = spans.contains { $0.hasSuffix("!") }
        #expect(
            recorded.map { $0.operationName + (isFailure && $0.isError ? "!" : "") }
                == spans.map { isFailure ? "\($0.dropLast()) postgres!" : "\($0) postgres" }, "\(name)")
        #expect(recorded.allSatisfy { $0.hasEnded }, "\(name)")
    }
}
