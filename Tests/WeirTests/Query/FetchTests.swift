import PGSession
import Synchronization
import Testing
import Weir

@Suite(.serialized, .limited) struct FetchTests {
    struct User: Decodable, Equatable {
        var id: Int
        var name: String?
    }

    private static let users: PostgresQuery = "SELECT * FROM (VALUES (1, 'Ann'), (2, NULL)) AS users (id, name)"

    @Test func `Rows are decoded as rows, tuples, values and types`() async throws {
        try await withConnection { connection in
            let rows = try await connection.fetch(Self.users)
            #expect(rows.count == 2)
            #expect(rows.columns.map(\.name) == ["id", "name"])
            let tuples = try await connection.fetch(Self.users, as: (Int, String?).self)
            #expect(tuples[0] == (1, "Ann") && tuples[1] == (2, nil))
            let users = try await connection.fetch(Self.users, as: User.self)
            #expect(users == [User(id: 1, name: "Ann"), User(id: 2, name: nil)])
            #expect(try await connection.fetch("SELECT generate_series(1, 3)", as: Int.self) == [1, 2, 3])
        }
    }

    @Test func `fetchOne requires exactly one row`() async throws {
        try await withConnection { connection in
            let user = try await connection.fetchOne("SELECT 1 AS id, 'x' AS name", as: User.self)
            #expect(user == User(id: 1, name: "x"))
            #expect(try await connection.fetchOne("SELECT 1, 'x'", as: (Int, String).self) == (1, "x"))
            let none = await failure { try await connection.fetchOne("SELECT 1 WHERE false") }
            #expect(none?.code == .wrongRowCount)
            #expect(none?.message == "expected one row, but got 0")
            let two = await failure { try await connection.fetchOne(Self.users, as: User.self) }
            #expect(two?.code == .wrongRowCount)
        }
    }

    @Test func `fetchOptional returns nil for no row and fails for two`() async throws {
        try await withConnection { connection in
            let none = try await connection.fetchOptional("SELECT 1 WHERE false")
            #expect(none?.count == nil)
            #expect(try await connection.fetchOptional("SELECT 1 WHERE false", as: Int.self) == nil)
            #expect(try await connection.fetchOptional("SELECT 7", as: Int.self) == 7)
            #expect(try await connection.fetchOptional("SELECT 7 AS id", as: User.self) == User(id: 7, name: nil))
            let two = await failure { try await connection.fetchOptional(Self.users, as: User.self) }
            #expect(two?.code == .wrongRowCount)
        }
    }

    @Test func `fetchValue requires one row of one column`() async throws {
        try await withConnection { connection in
            let count: Int = try await connection.fetchValue("SELECT count(*) FROM pg_class")
            #expect(count > 100)
            #expect(try await connection.fetchValue("SELECT NULL::text", as: String?.self) == nil)
            let wide = await failure { try await connection.fetchValue("SELECT 1, 2", as: Int.self) }
            #expect(wide?.message == "expected one column, but got 2")
            let none = await failure { try await connection.fetchValue("SELECT 1 WHERE false", as: Int?.self) }
            #expect(none?.code == .wrongRowCount)
        }
    }

    @Test func `A decoding error names the column and the types`() async throws {
        try await withConnection { connection in
            let error = await failure { try await connection.fetch("SELECT 70000 AS port", as: Int16.self) }
            #expect(error?.code == .decoding)
            #expect(error?.decoding?.column == "port")
            #expect(error?.message == #"column "port" (int4, binary) does not fit: Int16 was requested"#)
            #expect(error?.origin?.file == "WeirTests/FetchTests.swift")
            let null = await failure { try await connection.fetch("SELECT NULL::int4 AS a", as: Int.self) }
            #expect(null?.decoding?.code == .unexpectedNull)
            let missing = await failure { try await connection.fetch("SELECT 'x' AS nmae", as: User.self) }
            #expect(missing?.decoding?.code == .missingColumn)
            let sent = await failure { try await connection.fetch("SELECT \(70000)::int2") }
            #expect(sent?.code == .encoding)
            #expect(sent?.encoding?.code == .outOfRange)
            #expect(sent.map { "\($0)".contains("70000") } == false)
            // The connection is as good as before.
            try await checkIsUsable(connection)
        }
    }

    @Test func `A statement returns its command tag`() async throws {
        try await withConnection { connection in
            try await connection.execute("CREATE TEMP TABLE t (id int)")
            let inserted = try await connection.execute("INSERT INTO t SELECT generate_series(1, 5)")
            #expect(inserted.rowsAffected == 5 && inserted.command == "INSERT")
            #expect(try await connection.execute("DELETE FROM t WHERE id > \(3)").rowsAffected == 2)
            let result = try await connection.query("UPDATE t SET id = id RETURNING id")
            #expect(result.rows.count == 3 && result.tag.rowsAffected == 3)
        }
    }

    @Test func `A script of several statements succeeds or fails as a whole`() async throws {
        try await withConnection { connection in
            let results = try await connection.executeScript(
                "CREATE TEMP TABLE s (id int); INSERT INTO s VALUES (1), (2); SELECT id, 'x' FROM s ORDER BY id;")
            #expect(results.map(\.tag.command) == ["CREATE TABLE", "INSERT", "SELECT"])
            #expect(try results[2].rows.decode((Int, String).self).map(\.0) == [1, 2])
            let error = await failure { try await connection.executeScript("INSERT INTO s VALUES (3); SELECT 1/0") }
            #expect(error?.sqlState == .divisionByZero)
            #expect(try await connection.fetchValue("SELECT count(*) FROM s", as: Int.self) == 2)
            let bound = await failure { try await connection.executeScript("SELECT \(1)") }
            #expect(bound?.code == .misuse)
        }
    }

    @Test func `A function can take a connection or a transaction`() async throws {
        func double(_ n: Int, in database: borrowing some PostgresExecutor & ~Copyable) async throws -> Int {
            try await database.withTransaction { inner in
                try await inner.fetchValue("SELECT 2 * \(n)")
            }
        }
        try await withConnection { connection in
            #expect(try await double(4, in: connection) == 8)
            try await connection.withTransaction { transaction in
                let ten = try await double(5, in: transaction)
                #expect(ten == 10)
            }
        }
    }

    @Test func `Repeated statements are prepared once and survive an altered table`() async throws {
        try await withConnection { connection in
            try await connection.execute("CREATE TEMP TABLE t AS SELECT 1 AS a")
            for _ in 0..<3 { #expect(try await connection.fetch("SELECT * FROM t").columns.count == 1) }
            let prepared = try await connection.fetchValue(
                "SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT * FROM t'", as: Int.self)
            #expect(prepared == 1)
            try await connection.execute("ALTER TABLE t ADD COLUMN b text DEFAULT 'x'")
            #expect(try await connection.fetchOne("SELECT * FROM t", as: (Int, String).self) == (1, "x"))
        }
    }

    @Test func `Without a cache no statement stays prepared`() async throws {
        try await withConnection(cache: 0) { connection in
            for _ in 0..<3 { #expect(try await connection.fetchValue("SELECT \(5)::int4", as: Int.self) == 5) }
            let names = try await connection.fetch("SELECT name FROM pg_prepared_statements", as: String.self)
            #expect(names.isEmpty)
        }
    }

    @Test func `Notices are delivered in order before the result`() async throws {
        try await withConnection { connection in
            let notices = Mutex<[String]>([])
            try await connection.withNotices(to: { notice in notices.withLock { $0.append(notice.message) } }) {
                try await connection.execute("DO $$ BEGIN RAISE NOTICE 'one'; RAISE WARNING 'two'; END $$")
                #expect(notices.withLock { $0 } == ["one", "two"])
            }
            try await connection.execute("DO $$ BEGIN RAISE NOTICE 'three'; END $$")
            #expect(notices.withLock { $0.count } == 2)
        }
    }
}
