import PGWire
import Testing
import Weir

/// Statements that are sent together.
@Suite(.serialized, .limited) struct PipelineTests {
    @Test func `Each statement of a pipeline has its own answer`() async throws {
        try await TestServer.shared.withSession { session in
            for _ in 1...2 {
                let queries = [
                    PostgresQuery(sql: "CREATE TEMP TABLE p (n int PRIMARY KEY)"),
                    PostgresQuery(sql: "INSERT INTO p VALUES ($1)", values: [1]),
                    PostgresQuery(sql: "INSERT INTO p VALUES ($1)", values: [1]),
                    PostgresQuery(sql: "INSERT INTO p VALUES ($1)", values: [1 << 40]),
                    PostgresQuery(sql: "SELEC"),
                    PostgresQuery(sql: "SELECT count(*) FROM p"),
                    PostgresQuery(sql: "DROP TABLE p"),
                ]
                let results = await session.pipeline(queries)
                #expect(
                    outcomes(results) == [
                        "CREATE TABLE", "INSERT 0 1", "23505", "encoding", "42601", "SELECT 1", "DROP TABLE",
                    ])
                let counts = try results[5].get().rows.decode(Int.self)
                #expect(counts == [1])
                #expect(session.status == .idle)
            }
            #expect(await session.pipeline([]).isEmpty)
        }
    }

    @Test func `A pipeline that times out reports each result whole or not at all`() async throws {
        let server = try await TestServer.shared.connect()
        // No CancelRequest reaches this server: it answers as if nothing had happened.
        let requests = Counter()
        let unreachable = ConnectedServer(
            channel: server.channel, leftover: server.leftover, parameters: server.parameters,
            cancelKey: server.cancelKey, address: server.address,
            sendCancel: { _ in
                _ = requests.next()
                return true
            })
        let session = await PostgresSession(unreachable)
        let queries = ["SELECT 1", "SELECT 2 FROM pg_advisory_xact_lock(4712)", "SELECT 3"].map {
            PostgresQuery(sql: $0)
        }
        try await TestServer.shared.withSession { holder in
            // On a busy machine the timeout may come before the first answer; then once more.
            var hasAnswer = false
            for round in 1...100 where round <= 2 || !hasAnswer {
                _ = try await holder.query(PostgresQuery(sql: "SELECT pg_advisory_lock(4712)"))
                let sent = requests.count
                async let pipeline = session.pipeline(queries, timeout: .milliseconds(100))
                try await until("the timeout has been reached") { requests.count > sent }
                _ = try await holder.query(PostgresQuery(sql: "SELECT pg_advisory_unlock(4712)"))
                let results = await pipeline
                #expect(results.count == 3)
                for (index, result) in results.enumerated() {
                    switch result {
                    case .success(let result): #expect(try result.rows.decode(Int.self) == [index + 1])
                    case .failure(let error): #expect(error.code == .commandTimeout)
                    }
                }
                if case .success? = results.first { hasAnswer = true }
                if case .success? = results.last { Issue.record("the timeout had no effect") }
            }
            #expect(hasAnswer)
        }
        try await session.checkIsUsable()
        await session.close()
    }

    @Test func `A long pipeline keeps its order`() async throws {
        try await TestServer.shared.withSession { session in
            let queries = (0..<2_000).map { PostgresQuery(sql: "SELECT \($0 % 300) + $1::int4", values: [$0]) }
            for (index, result) in await session.pipeline(queries).enumerated() {
                let sums = try result.get().rows.decode(Int.self)
                #expect(sums == [index % 300 + index])
            }
        }
    }

    private func outcomes(_ results: [Result<PostgresResult, PostgresError>]) -> [String] {
        results.map { result in
            switch result {
            case .success(let result): result.tag.description
            case .failure(let error): error.server?.sqlState ?? "\(error.code)"
            }
        }
    }

    /// Statements after a COPY FROM STDIN would be taken for its data, and their answers could not be distinguished.
    @Test func `COPY in a pipeline ends the session unless it comes last`() async throws {
        try await TestServer.shared.withSession { session in
            _ = try await session.script("CREATE TEMP TABLE c (n int)")
            let copy = PostgresQuery(sql: "COPY c FROM STDIN")
            let one = PostgresQuery(sql: "SELECT 1"), two = PostgresQuery(sql: "SELECT 2")
            // Prepared, so that the next time all statements are sent together.
            for query in [copy, one, two] { _ = try? await session.query(query) }

            #expect(outcomes(await session.pipeline([one, two, copy])) == ["SELECT 1", "SELECT 1", "misuse"])
            try await session.checkIsUsable()

            #expect(outcomes(await session.pipeline([one, copy, two])) == ["SELECT 1", "misuse", "misuse"])
            #expect(!session.isOpen)
            let late = await #expect(throws: PostgresError.self) { try await session.query(one) }
            #expect(late?.code == .misuse)
        }
    }

    @Test func `Many rows are inserted, all or nothing`() async throws {
        try await TestServer.shared.withSession { session in
            _ = try await session.script("CREATE TEMP TABLE m (n int4 CHECK (n <> 70000), t text)")
            let insert = "INSERT INTO m VALUES ($1, $2)"
            let count = try await session.executeMany(insert, rows: (1...50_000).lazy.map { [$0, "row \($0)"] })
            #expect(count == 50_000)
            #expect(session.status == .idle)
            #expect(try await session.executeMany(insert, rows: [[Int]]().map { $0 }) == 0)

            let refused = await #expect(throws: PostgresError.self) {
                try await session.executeMany(insert, rows: (50_001...90_000).lazy.map { [$0, ""] })
            }
            #expect(refused?.server?.sqlState == "23514")
            let unfit = await #expect(throws: PostgresError.self) {
                try await session.executeMany(insert, rows: (1...60_000).lazy.map { [$0 == 60_000 ? 1 << 40 : 0, ""] })
            }
            #expect(unfit?.code == .encoding)
            #expect(session.status == .idle)
            let rows = try await session.query(PostgresQuery(sql: "SELECT count(*), sum(n) FROM m")).rows
            let (total, sum) = try rows[0].decode((Int, Int).self)
            #expect(total == 50_000)
            #expect(sum == 50_000 * 50_001 / 2)
        }
    }

    @Test func `Many rows that cannot be prepared or are wrong from the start`() async throws {
        try await TestServer.shared.withSession { session in
            for _ in 1...2 {
                let unknown = await #expect(throws: PostgresError.self) {
                    try await session.executeMany("INSERT INTO nowhere VALUES ($1)", rows: [[1]])
                }
                #expect(unknown?.server?.sqlState == "42P01")
                let count = await #expect(throws: PostgresError.self) {
                    try await session.executeMany("SELECT $1::int4", rows: [[1, 2]])
                }
                #expect(count?.code == .misuse)
                #expect(try await session.executeMany("SELECT $1::int4", rows: [[1], [2]]) == 2)
                try await session.checkIsUsable()
            }
        }
    }

    @Test func `A failing row among many fails the transaction`() async throws {
        try await TestServer.shared.withSession { session in
            _ = try await session.script("CREATE TEMP TABLE m (n int2)")
            _ = try await session.query(PostgresQuery(sql: "BEGIN"))
            await #expect(throws: PostgresError.self) {
                try await session.executeMany("INSERT INTO m VALUES ($1)", rows: [[1], [1 << 20]])
            }
            #expect(session.status == .failed)
        }
    }

    @Test func `A cursor reads its rows while other statements run`() async throws {
        try await TestServer.shared.withSession { session in
            let numbers = PostgresQuery(sql: "SELECT generate_series(1, $1)", values: [25])
            let outside = await #expect(throws: PostgresError.self) { try await session.cursor(numbers, fetching: 10) }
            #expect(outside?.code == .misuse)
            _ = try await session.query(PostgresQuery(sql: "BEGIN"))
            let (cursor, first, hasMore) = try await session.cursor(numbers, fetching: 10)
            let (second, _, _) = try await session.cursor(numbers, fetching: 1)
            #expect(try first.decode(Int.self) == Array(1...10))
            #expect(hasMore)
            try await session.checkIsUsable()
            let next = try await cursor.fetch(10)
            #expect(try next.rows.decode(Int.self) == Array(11...20))
            let last = try await cursor.fetch(10)
            #expect(try last.rows.decode(Int.self) == Array(21...25))
            #expect(!last.hasMore)
            #expect(try await second.fetch(2).rows.decode(Int.self) == [2, 3])
            try await cursor.close()
            let closed = await #expect(throws: PostgresError.self) { try await cursor.fetch(1) }
            #expect(closed?.server?.sqlState == "34000")
        }
    }
}
