import PGWire
import Synchronization
import Testing
import Weir

/// One statement with many rows, whose prepared statement has become stale.
@Suite(.serialized, .limited) struct ManyRowsTests {
    typealias Row = [any PostgresEncodable & Sendable]

    /// Rows that can be read once only.
    private struct Once: Sequence {
        let count: Int
        let row: @Sendable (Int) -> Row
        let wasRead = ReadOnce()

        func makeIterator() -> AnyIterator<Row> {
            wasRead.mark()
            var next = 0
            return AnyIterator {
                guard next < count else { return nil }
                defer { next += 1 }
                return row(next)
            }
        }
    }

    private final class ReadOnce: Sendable {
        private let reads = Atomic(0)
        func mark() { #expect(reads.add(1, ordering: .relaxed).newValue == 1, "the rows were read twice") }
    }

    /// How many there are, and how many different ones.
    private func check(
        _ session: PostgresSession, _ count: Int, at: Testing.SourceLocation = #_sourceLocation
    ) async throws {
        let row = try await session.query(PostgresQuery(sql: "SELECT count(*), count(DISTINCT n) FROM t")).rows[0]
        #expect(try row.decode((Int, Int).self) == (count, count), sourceLocation: at)
        _ = try await session.script("TRUNCATE t")
    }

    // One row, some, and more than is sent at once.
    @Test(arguments: [1, 100, 50_000])
    func `Many rows are inserted although the prepared statement was deallocated`(count: Int) async throws {
        try await TestServer.shared.withSession { session in
            _ = try await session.script("CREATE TEMP TABLE t (n int, filler text)")
            let sql = "INSERT INTO t VALUES ($1, $2)"
            for _ in 1...3 {
                let rows = Once(count: count) { [$0, "some text that fills the row"] }
                #expect(try await session.executeMany(sql, rows: rows) == count)
                try await check(session, count)
                // Unseen: its tag is that of DO.
                _ = try await session.script("DO 'BEGIN EXECUTE ''DEALLOCATE ALL''; END'")
            }
        }
    }

    @Test(arguments: [10, 50_000])
    func `Many rows are inserted although the table was altered`(count: Int) async throws {
        try await TestServer.shared.withSession { session in
            _ = try await session.script("CREATE TEMP TABLE t (n int)")
            let sql = "INSERT INTO t (n) VALUES ($1) RETURNING *"
            #expect(try await session.executeMany(sql, rows: Once(count: count) { [$0] }) == count)
            try await check(session, count)
            _ = try await session.script("ALTER TABLE t ADD another text DEFAULT 'x'")
            #expect(try await session.executeMany(sql, rows: Once(count: count) { [$0] }) == count)
            try await check(session, count)
        }
    }

    @Test func `Values are encoded again after a column's type was altered`() async throws {
        try await TestServer.shared.withSession { session in
            _ = try await session.script("CREATE TEMP TABLE t (n text)")
            let sql = "INSERT INTO t VALUES ($1)"
            #expect(try await session.executeMany(sql, rows: [["1"], ["2"]]) == 2)
            _ = try await session.script("TRUNCATE t; ALTER TABLE t ALTER n TYPE int USING n::int")
            #expect(try await session.executeMany(sql, rows: Once(count: 50_000) { [$0] }) == 50_000)
            try await check(session, 50_000)
            // The same for a statement by itself.
            _ = try await session.script("ALTER TABLE t ALTER n TYPE text")
            _ = try await session.query(PostgresQuery(sql: "INSERT INTO t SELECT $1", values: ["1"]))
            _ = try await session.script("ALTER TABLE t ALTER n TYPE int USING n::int")
            _ = try await session.query(PostgresQuery(sql: "INSERT INTO t SELECT $1", values: [2]))
            try await check(session, 2)
        }
    }

    @Test func `A value that cannot be encoded is an error and leaves the session usable`() async throws {
        try await TestServer.shared.withSession { session in
            _ = try await session.script("CREATE TEMP TABLE t (n int)")
            let sql = "INSERT INTO t VALUES ($1)"
            for _ in 1...2 {
                #expect(try await session.executeMany(sql, rows: [[1], [2]]) == 2)
                let error = await #expect(throws: PostgresError.self) {
                    try await session.executeMany(sql, rows: [[3], [true]])
                }
                #expect(error?.code == .encoding)
                #expect(error?.encoding?.index == 0)
                try await check(session, 2)
            }
        }
    }

    @Test func `In a transaction a stale statement is an error, and the next call succeeds`() async throws {
        try await TestServer.shared.withSession { session in
            _ = try await session.script("CREATE TEMP TABLE t (n int)")
            let sql = "INSERT INTO t VALUES ($1)"
            #expect(try await session.executeMany(sql, rows: [[1]]) == 1)
            _ = try await session.script("TRUNCATE t")
            _ = try await session.script("BEGIN; DO 'BEGIN EXECUTE ''DEALLOCATE ALL''; END'")
            let error = await #expect(throws: PostgresError.self) { try await session.executeMany(sql, rows: [[1]]) }
            #expect(error?.server?.sqlState == "26000")
            _ = try await session.script("ROLLBACK")
            #expect(try await session.executeMany(sql, rows: [[1]]) == 1)
            try await check(session, 1)
        }
    }

    @Test(arguments: [10, 50_000])
    func `An error raised by the statement itself is not taken for a stale statement`(count: Int) async throws {
        try await TestServer.shared.withSession { session in
            _ = try await session.script(
                """
                CREATE TEMP SEQUENCE calls;
                CREATE FUNCTION pg_temp.fails(n int) RETURNS int LANGUAGE plpgsql AS
                'BEGIN PERFORM nextval(''calls''); IF n < 0 THEN RAISE SQLSTATE ''26000''; END IF; RETURN n; END'
                """)
            let sql = "SELECT pg_temp.fails($1)"
            #expect(try await session.executeMany(sql, rows: [[1]]) == 1)
            let error = await #expect(throws: PostgresError.self) {
                try await session.executeMany(sql, rows: Once(count: count) { [$0 - 1] })
            }
            #expect(error?.server?.sqlState == "26000")
            let calls = try await session.query(PostgresQuery(sql: "SELECT last_value FROM calls")).rows
            #expect(try calls[0].decode(Int.self) == 2)
            try await session.checkIsUsable()
        }
    }

    @Test func `A timeout stops rows that wait for the server`() async throws {
        try await TestServer.shared.withSession { session in
            _ = try await session.script("CREATE TEMP TABLE t (n int)")
            let sql = "INSERT INTO t SELECT $1 FROM pg_sleep(CASE WHEN $1 = 5000 THEN 100 ELSE 0 END)"
            #expect(try await session.executeMany(sql, rows: [[1]]) == 1)
            let error = await #expect(throws: PostgresError.self) {
                try await session.executeMany(
                    sql, rows: (0..<1_000_000).lazy.map { [$0] }, timeout: .milliseconds(500))
            }
            #expect(error?.code == .commandTimeout)
            try await check(session, 1)
        }
    }
}
