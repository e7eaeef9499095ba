import Glibc
import Weir

/// `clientbench 'host=/run/postgresql user=postgres' [CELL…]`: measures requests, rows and values with the client
/// library's public API. `peers.py` measures the same with asyncpg and psycopg.
///
/// Prints one line per cell: its name, the rate per second, and this process's processor time for each, in
/// microseconds.
@main
enum ClientBench {
    static func main() async throws {
        guard CommandLine.arguments.count > 1 else { return print("usage: clientbench CONNECTION-STRING [CELL…]") }
        let string = CommandLine.arguments[1], wanted = CommandLine.arguments.dropFirst(2)
        for (name, cell) in cells where wanted.isEmpty || wanted.contains(name) { try await cell(name, string) }
    }

    private typealias Cell = @Sendable (_ name: String, _ connectionString: String) async throws -> Void

    private static let cells: [(String, Cell)] = [
        ("single row", singleRow), ("single row, on its thread", singleRowOnThread),
        ("single row, 16 at a time", singleRowConcurrently),
        ("10,000 rows", manyRows), ("pipelined inserts", pipelinedInserts),
        ("COPY of text", copyText), ("COPY of values", copyValues),
    ]

    /// One request after the other.
    private static func singleRow(_ name: String, _ string: String) async throws {
        try await PostgresConnection.with(string) { connection in
            try await ask(10, &connection)
            try await measure(name, count: 20_000) { try await ask(20_000, &connection) }
        }
    }

    /// The same without waking another thread.
    private static func singleRowOnThread(_ name: String, _ string: String) async throws {
        try await PostgresConnection.with(string) { connection in
            try await withTaskExecutorPreference(connection.executor) {
                try await ask(10, &connection)
                try await measure(name, count: 20_000) { try await ask(20_000, &connection) }
            }
        }
    }

    private static func ask(_ count: Int, _ connection: inout PostgresConnection) async throws {
        for number in 0..<count {
            let answer = try await connection.fetchValue("SELECT \(number)::int8", as: Int.self)
            guard answer == number else { fatalError("wrong answer") }
        }
    }

    /// A service under load: each request takes a connection from a pool.
    private static func singleRowConcurrently(_ name: String, _ string: String) async throws {
        var configuration = try PostgresPool.Configuration(string)
        (configuration.minimumConnections, configuration.maximumConnections) = (16, 16)
        try await PostgresPool.with(configuration) { pool in
            for _ in 0..<2 { try await askConcurrently(1_000, pool) }
            try await measure(name, count: 64_000) { try await askConcurrently(64_000, pool) }
        }
    }

    private static func askConcurrently(_ count: Int, _ pool: PostgresPool) async throws {
        try await withThrowingTaskGroup { group in
            for _ in 0..<16 {
                group.addTask {
                    for number in 0..<count / 16 {
                        let answer = try await pool.fetchValue("SELECT \(number)::int8", as: Int.self)
                        guard answer == number else { fatalError("wrong answer") }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private static func manyRows(_ name: String, _ string: String) async throws {
        try await PostgresConnection.with(string) { connection in
            try await connection.executeScript(
                """
                CREATE TEMP TABLE mixed AS SELECT n AS id, n * 3 AS other, 'name ' || n AS name, n / 7.0::float8 AS ratio,
                    n % 2 = 0 AS even, now() + n * interval '1 s' AS at FROM generate_series(1, 10000) n
                """)
            try await measure(name, count: 50 * 10_000) {
                for _ in 0..<50 {
                    let rows = try await connection.fetch(
                        "SELECT * FROM mixed", as: (Int, Int, String, Double, Bool, PostgresTimestampTZ).self)
                    var sum = 0
                    for (id, other, name, ratio, even, _) in rows {
                        sum &+= id &+ other &+ name.utf8.count &+ (even ? 1 : 0) &+ (ratio > 0 ? 1 : 0)
                    }
                    guard sum > 0 else { fatalError("no rows") }
                }
            }
        }
    }

    private static func pipelinedInserts(_ name: String, _ string: String) async throws {
        let rows = (0..<10_000).map { ($0, "some text", 1.5) }
        try await withTarget(string) { connection in
            try await measure(name, count: 10 * 10_000) {
                for _ in 0..<10 { try await connection.executeMany("INSERT INTO target VALUES ($1, $2, $3)", rows) }
            }
        }
    }

    /// Existing bytes, in pieces of 64 KiB: the speed of sending them to the server.
    private static func copyText(_ name: String, _ string: String) async throws {
        let text = (0..<10_000).flatMap { Array("\($0)\tsome text\t1.5\n".utf8) }
        let pieces = stride(from: 0, to: text.count, by: 65_536).map { Array(text[$0..<min($0 + 65_536, text.count)]) }
        try await withTarget(string) { connection in
            try await measure(name, count: 50 * 10_000) {
                for _ in 0..<50 {
                    try await connection.copyIn("COPY target FROM STDIN") { writer in
                        for piece in pieces { try await writer.write(piece) }
                    }
                }
            }
        }
    }

    /// Swift values.
    private static func copyValues(_ name: String, _ string: String) async throws {
        let rows = (0..<10_000).map { ($0, "some text", 1.5) }
        try await withTarget(string) { connection in
            try await measure(name, count: 50 * 10_000) {
                for _ in 0..<50 { try await connection.copyIn(into: "target", columns: ["n", "t", "f"], rows) }
            }
        }
    }

    private static func withTarget(
        _ string: String, _ body: (inout PostgresConnection) async throws -> Void
    ) async throws {
        try await PostgresConnection.with(string) { connection in
            try await connection.executeScript("CREATE TEMP TABLE target (n int8, t text, f float8)")
            try await body(&connection)
        }
    }

    private static func measure(_ name: String, count: Int, _ body: () async throws -> Void) async throws {
        let busyBefore = processorTime()
        let seconds = try await ContinuousClock().measure { try await body() } / .seconds(1)
        let busy = (processorTime() - busyBefore) / Double(count) * 1e6
        print("\(name)\t\(Int(Double(count) / seconds))\t\((busy * 1000).rounded() / 1000)")
    }

    /// The processor time of all threads of this process, in seconds.
    private static func processorTime() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
