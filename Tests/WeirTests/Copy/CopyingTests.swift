import Testing
import Weir

@Suite(.serialized, .limited) struct CopyingTests {
    private struct Refusal: Error, Equatable {}

    @Test func `Bytes, text and rows are copied into a table`() async throws {
        try await withConnection { connection in
            try await connection.execute("CREATE TEMP TABLE t (id int, name text)")
            let count = try await connection.copyIn("COPY t FROM STDIN") { writer in
                try await writer.write("1\tone\n")
                try await writer.write(Array("2\tt".utf8))
                try await writer.write(Array("wo\n".utf8))
                try await writer.writeRow(["3", nil])
                try await writer.writeRow(["4", "tab\tnewline\nbackslash\\N return\r"])
            }
            #expect(count == 4)
            let names = try await connection.fetch("SELECT name FROM t ORDER BY id", as: String?.self)
            #expect(names == ["one", "two", nil, "tab\tnewline\nbackslash\\N return\r"])
        }
    }

    @Test func `A sequence of pieces is copied as it comes`() async throws {
        try await withConnection { connection in
            try await connection.execute("CREATE TEMP TABLE t (id int)")
            let pieces = AsyncStream<[UInt8]> { continuation in
                for n in 1...1000 { continuation.yield(Array("\(n)\n".utf8)) }
                continuation.finish()
            }
            #expect(try await connection.copyIn("COPY t FROM STDIN (FORMAT csv)", from: pieces) == 1000)
            #expect(try await connection.fetchValue("SELECT sum(id) FROM t", as: Int.self) == 500_500)
        }
    }

    @Test func `Tuples are copied in binary format as the columns' types`() async throws {
        enum Mood: String, PostgresCodable, Equatable { case happy, sad }
        try await withConnection { connection in
            try await connection.executeScript(
                """
                CREATE TYPE pg_temp.mood AS ENUM ('happy', 'sad');
                CREATE TEMP TABLE t (id smallint, "Price" numeric(8, 2), tags text[], mood pg_temp.mood, at timestamptz)
                """)
            let now = try #require(PostgresTimestampTZ("2024-02-29 12:34:56.789012+00"))
            let rows = [
                (1, PostgresNumeric("9.99"), ["a", nil], Mood.sad, now),
                (2, nil, [], .happy, now),
            ]
            let columns = ["id", "Price", "tags", "mood", "at"]
            #expect(try await connection.copyIn(into: "t", columns: columns, rows) == 2)
            let back = try await connection.fetch(
                "SELECT * FROM t ORDER BY id", as: (Int, PostgresNumeric?, [String?], Mood, PostgresTimestampTZ).self)
            #expect(back.elementsEqual(rows, by: ==))
        }
    }

    @Test func `Tuples of a type without a binary format are copied as text`() async throws {
        try await withConnection { connection in
            try await connection.execute("CREATE TEMP TABLE t (id int, acl aclitem, name text)")
            let rows = [(1, "postgres=r/postgres", "a\tb"), (2, "postgres=w/postgres", "\\N")]
            #expect(try await connection.copyIn(into: "t", columns: ["id", "acl", "name"], rows) == 2)
            #expect(try await connection.fetch("SELECT name FROM t ORDER BY id", as: String.self) == ["a\tb", "\\N"])
        }
    }

    @Test func `An error for a value that does not fit names row and column, and nothing is copied`() async throws {
        try await withConnection { connection in
            try await connection.execute("CREATE TEMP TABLE t (id smallint)")
            let rows = AsyncStream<(Int, Int)> { $0.finish() }
            let wrong = await failure { try await connection.copyIn(into: "t", columns: ["id"], from: rows) }
            #expect(wrong?.code == .misuse)
            try await connection.execute("ALTER TABLE t ADD COLUMN n int")
            let error = await failure {
                try await connection.copyIn(into: "t", columns: ["id", "n"], [(1, 1), (70000, 2)])
            }
            #expect(error?.code == .encoding)
            #expect(error?.message == #"row 2, column "id": Int does not fit: int2 was expected"#)
            #expect(try await connection.fetch("SELECT * FROM t").isEmpty)
        }
    }

    @Test func `Names of tables and columns are quoted`() async throws {
        try await withConnection { connection in
            let table = "t\"; SELECT 1/0; --", columns = ["a\"b", "C d\"\u{301}"]
            try await connection.execute(
                """
                CREATE TEMP TABLE \(identifier: table)
                (\(identifier: columns[0]) int, \(identifier: columns[1]) text)
                """)
            let rows = [(1, "x"), (2, "y")]
            #expect(try await connection.copyIn(into: "\(identifier: table)", columns: columns, rows) == 2)
            let sum: Int = try await connection.fetchValue(
                "SELECT sum(\(identifier: columns[0])) FROM \(identifier: table)")
            #expect(sum == 3)
        }
    }

    @Test func `A closure that throws undoes the COPY`() async throws {
        try await withConnection { connection in
            try await connection.execute("CREATE TEMP TABLE t (id int)")
            await #expect(throws: Refusal()) {
                try await connection.copyIn("COPY t FROM STDIN") { writer in
                    try await writer.write("1\n")
                    throw Refusal()
                }
            }
            #expect(try await connection.fetch("SELECT * FROM t").isEmpty)
        }
    }

    @Test func `Data that the server refuses is an error while writing or at the end`() async throws {
        try await withConnection { connection in
            try await connection.execute("CREATE TEMP TABLE t (id int)")
            let atEnd = await failure {
                try await connection.copyIn("COPY t FROM STDIN") { try await $0.write("secret\n") }
            }
            #expect(atEnd?.sqlState == .invalidTextRepresentation)
            #expect(atEnd.map { "\($0)".contains("secret") } == false)
            let endless = await failure {
                try await connection.copyIn("COPY t FROM STDIN") { writer in
                    while true { try await writer.write("secret\n") }
                }
            }
            #expect(endless?.sqlState == .invalidTextRepresentation)
            try await checkIsUsable(connection)
        }
    }

    @Test func `Another statement during a COPY is an error, not a hang`() async throws {
        try await withConnection { connection in
            try await connection.execute("CREATE TEMP TABLE t (id int)")
            try await connection.copyIn("COPY t FROM STDIN") { _ in
                let error = await failure { try await connection.execute("SELECT 1") }
                #expect(error?.message.contains("a COPY is open") == true)
            }
        }
    }

    @Test func `A statement other than COPY is an error`() async throws {
        try await withConnection { connection in
            let select = await failure { try await connection.copyIn("SELECT 1") { _ in } }
            #expect(select?.code == .misuse)
            let bound = await failure { try await connection.copyIn("COPY t FROM \("x")") { _ in } }
            #expect(bound?.code == .misuse)
            let out = await failure { for try await _ in connection.copyOut("SELECT 1") {} }
            #expect(out?.code == .misuse)
            try await checkIsUsable(connection)
        }
    }

    @Test func `A table is copied out, and the loop can be left early`() async throws {
        try await withConnection { connection in
            var bytes: [UInt8] = []
            let three = connection.copyOut("COPY (SELECT generate_series(1, 3)) TO STDOUT")
            for try await piece in three { bytes += piece }
            #expect(String(decoding: bytes, as: UTF8.self) == "1\n2\n3\n")
            let process = connection.processID
            let endless: PostgresQuery = "COPY (SELECT generate_series(1, 1000000000)) TO STDOUT"
            for try await _ in connection.copyOut(endless) { break }
            try await checkIsUsable(connection, process: process)
        }
    }

    @Test func `The output of a COPY can be the input of another`() async throws {
        try await withConnection { connection in
            try await connection.execute("CREATE TEMP TABLE t (id int)")
            try await withConnection { other in
                let pieces = other.copyOut("COPY (SELECT generate_series(1, 100000)) TO STDOUT (FORMAT binary)")
                let count = try await connection.copyIn("COPY t FROM STDIN (FORMAT binary)", from: pieces)
                #expect(count == 100_000)
            }
        }
    }
}
