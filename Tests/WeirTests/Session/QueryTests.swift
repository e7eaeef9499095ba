import PGWire
import Testing
import Weir

/// One statement at a time, against PostgreSQL.
@Suite(.serialized, .limited) struct QueryTests {
    @Test func `A query returns rows and the tag, both before and after it is cached`() async throws {
        try await TestServer.shared.withSession { session in
            for round in 1...3 {
                let query = PostgresQuery(sql: "SELECT $1::int4 + 1, $2::text || '!'", values: [round, "a"])
                let result = try await session.query(query)
                #expect(result.tag.description == "SELECT 1")
                let (number, text) = try result.rows[0].decode((Int, String).self)
                #expect(number == round + 1)
                #expect(text == "a!")
                #expect(session.status == .idle)
            }
        }
    }

    @Test(arguments: [256, 1, 0])
    func `Statements of all kinds follow each other`(cacheSize: Int) async throws {
        var configuration = PostgresSession.Configuration()
        configuration.statementCacheSize = cacheSize
        try await TestServer.shared.withSession(configuration) { session in
            for _ in 1...2 {
                #expect(try await session.query(PostgresQuery(sql: "CREATE TEMP TABLE t (n int)")).rows.isEmpty)
                let insert = PostgresQuery(sql: "INSERT INTO t VALUES ($1), ($2)", values: [1, 2])
                #expect(try await session.query(insert).tag.rowsAffected == 2)
                #expect(try await session.query(PostgresQuery(sql: "")).tag.description == "")
                let select = try await session.query(PostgresQuery(sql: "SELECT n FROM t ORDER BY n"))
                #expect(try select.rows.decode(Int.self) == [1, 2])
                #expect(try await session.query(PostgresQuery(sql: "DROP TABLE t")).tag.description == "DROP TABLE")
            }
        }
    }

    @Test func `A server error leaves the connection usable`() async throws {
        try await TestServer.shared.withSession { session in
            for sql in ["SELEC 1", "SELECT 1 / 0", "SELECT nothing", "SELECT 1 / 0"] {
                let error = await #expect(throws: PostgresError.self) {
                    try await session.query(PostgresQuery(sql: sql))
                }
                #expect(error?.code == .server)
                #expect(error?.server?.severity == "ERROR")
                #expect(error?.query == sql)
                #expect(session.status == .idle)
            }
            try await session.checkIsUsable()
        }
    }

    @Test func `A deferred constraint fails the statement that commits`() async throws {
        try await TestServer.shared.withSession { session in
            _ = try await session.script(
                "CREATE TEMP TABLE d (n int UNIQUE DEFERRABLE INITIALLY DEFERRED); INSERT INTO d VALUES (1)")
            let error = await #expect(throws: PostgresError.self) {
                try await session.query(PostgresQuery(sql: "INSERT INTO d VALUES (1)"))
            }
            #expect(error?.server?.sqlState == "23505")
            #expect(session.status == .idle)
        }
    }

    @Test func `Values that cannot be encoded are refused before anything is sent`() async throws {
        try await TestServer.shared.withSession { session in
            for _ in 1...2 {
                let tooLarge = PostgresQuery(sql: "SELECT $1::int2", values: [70_000])
                let encoding = await #expect(throws: PostgresError.self) { try await session.query(tooLarge) }
                #expect(encoding?.code == .encoding)
                #expect(encoding?.encoding?.index == 0)
                let missing = PostgresQuery(sql: "SELECT $1::int2", values: [])
                let misuse = await #expect(throws: PostgresError.self) { try await session.query(missing) }
                #expect(misuse?.code == .misuse)
            }
            let zero = await #expect(throws: PostgresError.self) {
                try await session.query(PostgresQuery(sql: "SELECT 1\0; DROP TABLE t"))
            }
            #expect(zero?.code == .misuse)
            try await session.checkIsUsable()
        }
    }

    @Test func `COPY in a query is refused`() async throws {
        try await TestServer.shared.withSession { session in
            _ = try await session.script("CREATE TEMP TABLE c (n int)")
            for sql in ["COPY c FROM STDIN", "COPY c TO STDOUT", "COPY (SELECT generate_series(1, 3)) TO STDOUT"] {
                let error = await #expect(throws: PostgresError.self) {
                    try await session.query(PostgresQuery(sql: sql))
                }
                #expect(error?.code == .misuse, "\(sql): \(String(describing: error))")
                let inScript = await #expect(throws: PostgresError.self) { try await session.script(sql) }
                #expect(inScript?.code == .misuse, "\(sql): \(String(describing: inScript))")
            }
            try await session.checkIsUsable()
        }
    }

    @Test func `A script gives the result of each statement as text`() async throws {
        try await TestServer.shared.withSession { session in
            let results = try await session.script(
                "SELECT 1 AS a, 'x' AS b; CREATE TEMP TABLE s (); SELECT 2 WHERE false;")
            #expect(results.map(\.tag.description) == ["SELECT 1", "CREATE TABLE", "SELECT 0"])
            let (number, text) = try results[0].rows[0].decode((Int, String).self)
            #expect(number == 1)
            #expect(text == "x")
            #expect(results[2].rows.columns.count == 1)
            #expect(try await session.script("").isEmpty)
            try await session.ping()
            await #expect(throws: PostgresError.self) { try await session.script("SELECT 1; SELECT 1/0; SELECT 2") }
            try await session.ping()
        }
    }

    @Test func `Concurrent calls are answered in order`() async throws {
        try await TestServer.shared.withSession { session in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...50 {
                    group.addTask {
                        let query = PostgresQuery(sql: "SELECT $1::int8 * 2", values: [number])
                        let result = try await session.query(query)
                        #expect(try result.rows.decode(Int.self) == [number * 2])
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `The status reports the transaction`() async throws {
        try await TestServer.shared.withSession { session in
            _ = try await session.query(PostgresQuery(sql: "BEGIN"))
            #expect(session.status == .inTransaction)
            _ = try? await session.query(PostgresQuery(sql: "SELECT 1/0"))
            #expect(session.status == .failed)
            _ = try await session.query(PostgresQuery(sql: "ROLLBACK"))
            #expect(session.status == .idle)
        }
    }
}
