import Testing
import Weir

@Suite(.serialized, .limited) struct RequestTests {
    @Test func `Pipeline results come in order, each in the requested form`() async throws {
        struct Item: Decodable { var id: Int }
        try await withConnection { connection in
            try await connection.execute("CREATE TEMP TABLE t (id int, name text)")
            let (tag, rows, count, one, raw, items) = try await connection.pipeline(
                .execute("INSERT INTO t VALUES (1, 'a'), (2, NULL)"),
                .rows("SELECT id, name FROM t ORDER BY id", as: (Int, String?).self),
                .value("SELECT count(*) FROM t WHERE id > \(0)", as: Int.self),
                .one("SELECT id, name FROM t WHERE id = \(1)", as: (Int, String).self),
                .rows("SELECT 1"),
                .rows("SELECT id FROM t", as: Item.self))
            #expect(tag.rowsAffected == 2)
            #expect(rows.map(\.1) == ["a", nil])
            #expect(count == 2 && one == (1, "a") && raw.count == 1 && items.count == 2)
        }
    }

    @Test func `The first error is thrown with its statement`() async throws {
        try await withConnection { connection in
            let error = await failure {
                try await connection.pipeline(.execute("SELECT 1"), .execute("SELECT 1/0"), .execute("SELECT nothing"))
            }
            #expect(error?.sqlState == .divisionByZero)
            #expect(error?.query == "SELECT 1/0")
            #expect(error?.origin?.file == "WeirTests/RequestTests.swift")
        }
    }

    @Test func `Each statement has its own answer`() async throws {
        try await withConnection { connection in
            let answers = try await connection.pipeline(["SELECT 1", "SELECT 1/0", "SELECT \(3)::int"])
            #expect(try answers[0].get().rows.decode(Int.self) == [1])
            #expect(throws: PostgresError.self) { try answers[1].get() }
            #expect(try answers[2].get().rows.decode(Int.self) == [3])
            #expect(try await connection.pipeline([]).isEmpty)
        }
    }

    @Test func `Many rows go through one statement, all or none`() async throws {
        try await withConnection { connection in
            try await connection.execute("CREATE TEMP TABLE t (id int PRIMARY KEY, name text)")
            let rows = (1...5000).map { ($0, "name \($0)" as String?) }
            #expect(try await connection.executeMany("INSERT INTO t VALUES ($1, $2)", rows) == 5000)
            #expect(try await connection.executeMany("DELETE FROM t WHERE id = $1", [1, 2, 9999]) == 2)
            let error = await failure {
                try await connection.executeMany("INSERT INTO t VALUES ($1, $2)", [(10001, nil), (3, nil as String?)])
            }
            #expect(error?.sqlState == .uniqueViolation)
            #expect(try await connection.fetchValue("SELECT count(*) FROM t", as: Int.self) == 4998)
            let bound = await failure {
                try await connection.executeMany("INSERT INTO t VALUES (\(1), $2)", [(1, "x")])
            }
            #expect(bound?.code == .misuse)
        }
    }
}
