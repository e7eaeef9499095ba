import Glibc
import Logging
import NIOCore
import NIOPosix
import Weir

/// `clientbench 'host=/run/postgresql user=postgres'`: four measurements of one connection; peers.py does the same with
/// asyncpg and psycopg.
@main
enum ClientBench {
    static func main() async throws {
        guard CommandLine.arguments.count > 1 else { return print("usage: clientbench CONNECTION-STRING [onloop]") }
        let logger = Logger(label: "clientbench")
        let options = try loadOptions(try ConnectionString(CommandLine.arguments[1]), logger: logger)
        let connector = ServerConnector(
            options, eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
        let connected = try await connector.connect()
        let session = await PostgresSession(connected)
        if CommandLine.arguments.contains("onloop") {
            try await Caller(connected.channel.eventLoop).run { try await all(session) }
        } else {
            try await all(session)
        }
        await session.close()
    }

    /// A caller that runs where the connection does: nothing waits for another thread.
    private actor Caller {
        private let eventLoop: any EventLoop
        nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe eventLoop.executor.asUnownedSerialExecutor() }

        init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

        func run(_ body: @Sendable () async throws -> Void) async rethrows { try await body() }
    }

    private static func all(_ session: PostgresSession) async throws {
        _ = try await session.script(
            """
            CREATE TEMP TABLE mixed AS SELECT n AS id, n * 3 AS other, 'name ' || n AS name, n / 7.0::float8 AS ratio,
                n % 2 = 0 AS even, now() + n * interval '1 s' AS at FROM generate_series(1, 10000) n;
            CREATE TEMP TABLE target (n int8, t text, f float8)
            """)
        try await measure("single row", unit: "request", count: 20_000) {
            for number in 0..<20_000 {
                let query = PostgresQuery(sql: "SELECT $1::int8", values: [number])
                let rows = try await session.query(query).rows
                guard try rows[0].decode(Int.self) == number else { fatalError("another's answer") }
            }
        }
        try await measure("10,000 rows", unit: "row", count: 50 * 10_000) {
            for _ in 0..<50 {
                let rows = try await session.query(PostgresQuery(sql: "SELECT * FROM mixed")).rows
                var sum = 0
                for row in rows {
                    let (id, other, name, ratio, even, at) = try row.decode(
                        (Int, Int, String, Double, Bool, PostgresTimestampTZ).self)
                    sum &+= id &+ other &+ name.utf8.count &+ (even ? 1 : 0) &+ (ratio > 0 ? 1 : 0)
                    _ = at
                }
                guard sum > 0 else { fatalError("no rows") }
            }
        }
        try await measure("executeMany", unit: "row", count: 10 * 10_000) {
            for _ in 0..<10 {
                _ = try await session.executeMany(
                    "INSERT INTO target VALUES ($1, $2, $3)",
                    rows: (0..<10_000).lazy.map { [$0, "some text", 1.5] })
            }
        }
        let lines = (0..<10_000).map { Array("\($0)\tsome text\t1.5\n".utf8) }
        try await measure("COPY in", unit: "row", count: 50 * 10_000) {
            for _ in 0..<50 {
                let copy = try await session.copyIn("COPY target FROM STDIN")
                for line in lines { try await copy.write(line) }
                _ = try await copy.finish()
            }
        }
    }

    private static func measure(
        _ name: String, unit: String, count: Int, _ body: () async throws -> Void
    ) async throws {
        let busyBefore = processorTime()
        let duration = try await ContinuousClock().measure { try await body() }
        let busy = Double(Int((processorTime() - busyBefore) / Double(count) * 1e8)) / 100
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        let each = Double(Int(seconds / Double(count) * 1e8)) / 100
        print("\(name)\t\(Int(Double(count) / seconds)) \(unit)s/s\t\(each) µs each\t\(busy) µs of processor")
    }

    /// Of all threads of this process, in seconds.
    private static func processorTime() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
