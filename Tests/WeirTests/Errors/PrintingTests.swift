import PGSession
import Testing
import Weir

@Suite(.serialized, .limited) struct PrintingTests {
    @Test func `An error reports the cause, the place in the statement and the place in the application`() async throws
    {
        try await withConnection { connection in
            let line = #line + 1
            let error = await failure { try await connection.fetch("SELECT 1,\n  nmae FROM pg_class WHERE oid = \(7)") }
            #expect(
                error?.description == """
                    ERROR 42703: column "nmae" does not exist
                    LINE 2:   nmae FROM pg_class WHERE oid = $1
                              ^
                    at WeirTests/PrintingTests.swift:\(line)
                    """)
        }
    }

    @Test func `Hints are printed, data is not`() async throws {
        try await withConnection { connection in
            try await connection.execute("CREATE TEMP TABLE users (email text UNIQUE)")
            try await connection.execute("INSERT INTO users VALUES (\("ann@example.com"))")
            let error = try #require(
                await failure { try await connection.execute("INSERT INTO users VALUES (\("ann@example.com"))") })
            #expect(error.sqlState == .uniqueViolation)
            #expect(error.server?.constraint == "users_email_key")
            #expect(error.server?.detail == "Key (email)=(ann@example.com) already exists.")
            var dumped = ""
            dump(error, to: &dumped)
            for text in ["\(error)", String(reflecting: error), "\(Optional(error) as Any)", dumped] {
                #expect(!text.contains("ann@"))
                #expect(text.contains("duplicate key value violates unique constraint"))
            }
            #expect(error.verboseDescription.contains("DETAIL: Key (email)=(ann@example.com) already exists."))
            #expect(error.verboseDescription.contains("CONSTRAINT: users_email_key"))
            let column = await failure { try await connection.execute("SELECT emial FROM users") }
            #expect(column?.description.contains("HINT: Perhaps you meant") == true)
        }
    }

    @Test func `A bound value quoted by the server is left out`() async throws {
        try await withConnection { connection in
            for (sql, value) in [("SELECT $1::text::int", "hunter2"), ("SELECT $1::text::date", "2024-13-77")] {
                let error = await failure { try await connection.fetch(PostgresQuery(sql: sql, values: [value])) }
                #expect(error?.sqlState?.errorClass == "22")
                #expect(error.map { "\($0)".contains(value) } == false)
                #expect(error.map { "\($0)".contains("\"…\"") } == true)
                #expect(error?.server?.message.contains(value) == true)
            }
        }
    }

    @Test func `Errors are caught by their code, in two ways`() async throws {
        try await withConnection { connection in
            do {
                try await connection.execute("SELECT 1/0")
                Issue.record("no error")
            } catch PostgresSQLState.uniqueViolation {
                Issue.record("another error")
            } catch PostgresSQLState.divisionByZero {}
            do {
                _ = try await connection.withTransaction { try await $0.execute("SELECT 1/0") }
                Issue.record("no error")
            } catch let error as PostgresError where error.sqlState == .divisionByZero {}
        }
    }

    @Test(arguments: [
        ("40001", true, false), ("40P01", true, false), ("23505", false, false), ("57P01", false, true),
        ("08006", false, true), ("57014", false, false), ("25P03", false, true),
    ])
    func `An error tells whether to retry`(state: String, isRetryable: Bool, isConnectionLost: Bool) {
        let error = PostgresError(ServerError(sqlState: state, message: "x"))
        #expect(error.isRetryable == isRetryable)
        #expect(error.isConnectionLost == isConnectionLost)
    }

    @Test(arguments: [
        ("SELECT x", 8, "LINE 1: SELECT x", 7), ("a\nbb\nccc", 6, "LINE 3: ccc", 0), ("SELECT", 7, "LINE 1: SELECT", 6),
        ("SELECT ä€, x", 12, "LINE 1: SELECT ä€, x", 11), ("\tx", 2, "LINE 1:  x", 1), ("a\r\nb", 4, "LINE 2: b", 0),
    ])
    func `The mark is under the position`(sql: String, position: Int, line: String, column: Int) {
        var server = ServerError(sqlState: "42601", message: "x")
        server.position = position
        let lines = PostgresError(server, query: sql).description.split(separator: "\n")
        #expect(lines[1] == line)
        #expect(lines[2] == "\(String(repeating: " ", count: 8 + column))^")
    }

    @Test(arguments: [0, -1, 99, Int.max, Int.min])
    func `A position outside the statement is ignored`(position: Int) {
        var server = ServerError(sqlState: "42601", message: "x")
        server.position = position
        #expect(PostgresError(server, query: "SELECT 1").description == "ERROR 42601: x\nSTATEMENT: SELECT 1")
    }

    @Test func `Of a very long line the part around the position is shown`() {
        var server = ServerError(sqlState: "42601", message: "x")
        server.position = 5001
        let sql = String(repeating: "a", count: 5000) + "!" + String(repeating: "b", count: 5000)
        let lines = PostgresError(server, query: sql).description.split(separator: "\n")
        #expect(lines[1].count < 90)
        let mark = lines[2].count - 1
        #expect(Array(lines[1])[mark] == "!")
    }
}

@Suite("Durations in messages", .limited)
struct DurationTests {
    @Test(arguments: [
        (Duration.zero, "0 ms"), (.microseconds(250), "250 µs"), (.milliseconds(999), "999 ms"), (.seconds(2), "2 s"),
        (.milliseconds(1599), "1.5 s"), (.seconds(-1), "-1 s"), (.milliseconds(-1500), "-1.5 s"),
        (.seconds(90), "90 s"), (.noLimit, "9223372036.8 s"),
    ])
    func `Durations are printed in one format`(duration: Duration, words: String) {
        #expect(duration.inWords == words)
    }
}
