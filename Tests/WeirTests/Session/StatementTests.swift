import PGWire
import Testing
import Weir

/// Prepared statements that become stale, types that a database defines, and messages that a server sends unasked.
@Suite(.serialized, .limited) struct StatementTests {
    private func plain(_ sql: String) -> PostgresQuery { PostgresQuery(sql: sql) }

    @Test func `A statement whose table changed is prepared again`() async throws {
        try await TestServer.shared.withSession { session in
            _ = try await session.script("CREATE TEMP TABLE t (a int); INSERT INTO t VALUES (1)")
            #expect(try await session.query(plain("SELECT * FROM t")).rows.columns.count == 1)
            _ = try await session.script("ALTER TABLE t ADD b text")
            #expect(try await session.query(plain("SELECT * FROM t")).rows.columns.count == 2)
            _ = try await session.script("ALTER TABLE t ADD c text")
            let stream = try await session.stream(plain("SELECT * FROM t"))
            #expect(stream.columns.count == 3)
            #expect((try await stream.next())?.count == 1)
        }
    }

    @Test func `An error in the middle of a statement is not taken for a stale plan`() async throws {
        try await TestServer.shared.withSession { session in
            _ = try await session.script(
                """
                CREATE TEMP SEQUENCE calls;
                CREATE FUNCTION pg_temp.fails() RETURNS int LANGUAGE plpgsql AS
                'BEGIN PERFORM nextval(''calls''); RAISE SQLSTATE ''26000''; END'
                """)
            for _ in 1...3 {
                let error = await #expect(throws: PostgresError.self) {
                    try await session.query(plain("SELECT pg_temp.fails()"))
                }
                #expect(error?.server?.sqlState == "26000")
            }
            #expect(try await session.query(plain("SELECT last_value FROM calls")).rows.decode(Int.self) == [3])
        }
    }

    @Test func `A cursor that was declared again returns its own types`() async throws {
        try await TestServer.shared.withSession { session in
            for (type, expected) in [("int4", "1"), ("text", "1"), ("float8", "1.0")] {
                _ = try await session.script("BEGIN; DECLARE c CURSOR FOR SELECT 1::\(type)")
                let row = try await session.query(plain("FETCH 1 FROM c")).rows[0]
                let value =
                    switch type {
                    case "int4": String(try row.decode(Int32.self))
                    case "text": try row.decode(String.self)
                    default: String(try row.decode(Double.self))
                    }
                #expect(value == expected)
                _ = try await session.script("ROLLBACK")
            }
        }
    }

    @Test func `In a transaction a stale statement is an error, and the next call succeeds`() async throws {
        try await TestServer.shared.withSession { session in
            _ = try await session.script("CREATE TEMP TABLE t (a int)")
            _ = try await session.query(plain("SELECT * FROM t"))
            _ = try await session.script("BEGIN; ALTER TABLE t ADD b text")
            let error = await #expect(throws: PostgresError.self) { try await session.query(plain("SELECT * FROM t")) }
            #expect(error?.server?.sqlState == "0A000")
            _ = try await session.script("ROLLBACK; ALTER TABLE t ADD b text")
            #expect(try await session.query(plain("SELECT * FROM t")).rows.columns.count == 2)
        }
    }

    @Test(arguments: [
        "DISCARD ALL", "DEALLOCATE ALL", "DEALLOCATE weir_1", "DO 'BEGIN EXECUTE ''DEALLOCATE ALL''; END'",
    ])
    func `Deallocated statements are prepared again`(sql: String) async throws {
        try await TestServer.shared.withSession { session in
            for _ in 1...3 {
                #expect(try await session.query(plain("SELECT 1")).rows.count == 1)
                _ = try await session.query(plain(sql == "DEALLOCATE weir_1" ? "SELECT 2" : sql))
                _ = try? await session.script(sql)
            }
        }
    }

    @Test func `The cache never exceeds its size`() async throws {
        var configuration = PostgresSession.Configuration()
        configuration.statementCacheSize = 3
        try await TestServer.shared.withSession(configuration) { session in
            let count = plain("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'weir%'")
            for number in 0..<50 {
                _ = try await session.query(plain("SELECT \(number)"))
                _ = try? await session.query(plain("SELECT \(number)/0"))
                _ = try? await session.query(plain("SELEC \(number)"))
            }
            #expect(try await session.query(count).rows.decode(Int.self)[0] <= 4)
        }
    }

    @Test(arguments: [256, 0])
    func `User-defined types are looked up`(cacheSize: Int) async throws {
        var configuration = PostgresSession.Configuration()
        configuration.statementCacheSize = cacheSize
        try await TestServer.shared.withSession(configuration) { session in
            let schema = "types_\(cacheSize)"
            _ = try await session.script(
                """
                CREATE SCHEMA \(schema);
                SET search_path TO \(schema);
                CREATE TYPE mood AS ENUM ('sad', 'happy');
                CREATE DOMAIN score AS int4 CHECK (value >= 0);
                CREATE TYPE pair AS (m mood, s score)
                """)
            let moods = try await session.query(
                PostgresQuery(sql: "SELECT $1::mood, ARRAY[$1]::mood[], 7::score, ROW($1, 3)::pair", values: ["happy"]))
            let columns = moods.rows.columns
            #expect(columns.map(\.type.name) == ["mood", "mood[]", "int4", "pair"])
            #expect(columns.allSatisfy { $0.format == .binary })
            let row = moods.rows[0]
            #expect(try row[0, as: String.self] == "happy")
            #expect(try row[1, as: [String].self] == ["happy"])
            #expect(try row[2, as: Int.self] == 7)
            #expect(session.status == .idle)
            // Known by now, and at once.
            #expect(try await session.query(plain("SELECT 'sad'::mood")).rows[0][0, as: String.self] == "sad")
            #expect(try await session.executeMany("SELECT $1::mood", rows: [["sad"], ["happy"]]) == 2)
            _ = try await session.script("DROP SCHEMA \(schema) CASCADE")
        }
    }

    @Test func `Notices, notifications and parameter changes are reported`() async throws {
        try await TestServer.shared.withSession { session in
            let (heard, said) = AsyncStream.makeStream(of: String.self)
            session.onNotice = { said.yield("notice \($0.message)") }
            session.onNotification = { said.yield("notification \($0.channel) \($0.payload)") }
            session.onParameterChange = { said.yield("parameter \($0) \($1)") }
            _ = try await session.script(
                "DO $$BEGIN RAISE NOTICE 'hear me'; END$$; SET TimeZone TO 'Asia/Tokyo'; LISTEN weir")
            try await TestServer.shared.withSession { _ = try await $0.script("NOTIFY weir, 'hello'") }
            var iterator = heard.makeAsyncIterator()
            #expect(await iterator.next() == "notice hear me")
            #expect(await iterator.next() == "parameter TimeZone Asia/Tokyo")
            #expect(await iterator.next() == "notification weir hello")
            #expect(session.parameters["TimeZone"] == "Asia/Tokyo")
        }
    }
}
