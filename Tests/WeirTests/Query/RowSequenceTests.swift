import Testing
import Weir

@Suite(.serialized, .limited) struct RowSequenceTests {
    private static let many: PostgresQuery = "SELECT n, repeat('x', 1000) FROM generate_series(1, 20000) AS n"

    @Test func `Rows are streamed as rows, tuples and types`() async throws {
        struct Number: Decodable { var n: Int }
        try await withConnection { connection in
            var sum = 0
            for try await (n, text) in connection.stream(Self.many, as: (Int, String).self) { sum += n + text.count }
            #expect(sum == 20000 * 20001 / 2 + 20_000_000)
            sum = 0
            let ten: PostgresQuery = "SELECT generate_series(1, 10) AS n"
            for try await row in connection.stream(ten) { sum += try row["n", as: Int.self] }
            for try await row in connection.stream(ten, as: Number.self) { sum += row.n }
            for try await n in connection.stream(ten, as: Int.self) { sum += n }
            #expect(sum == 165)
        }
    }

    @Test func `Leaving the loop cancels the statement and keeps the connection`() async throws {
        try await withConnection { connection in
            let process = connection.processID
            // It would take very long to read.
            for try await n in connection.stream("SELECT generate_series(1, 1000000000)", as: Int.self)
            where n == 10 { break }
            try await checkIsUsable(connection, process: process)
        }
    }

    @Test func `Executing a statement inside the loop is an error, not a hang`() async throws {
        try await withConnection { connection in
            for try await n in connection.stream(Self.many, as: (Int, String).self) {
                let error = await failure { try await connection.execute("SELECT 1") }
                #expect(error?.code == .misuse)
                #expect(error?.message.contains("a stream of rows is open") == true)
                if n.0 == 2 { break }
            }
            try await checkIsUsable(connection)
        }
    }

    @Test func `A decoding error ends the stream and keeps the connection`() async throws {
        try await withConnection { connection in
            let error = await failure {
                let query: PostgresQuery = "SELECT nullif(n, 6) FROM generate_series(1, 1000000) AS n"
                for try await _ in connection.stream(query, as: Int.self) {}
            }
            #expect(error?.decoding?.code == .unexpectedNull)
            try await checkIsUsable(connection)
        }
    }

    @Test func `A statement that fails in the middle throws there`() async throws {
        try await withConnection { connection in
            var last = 0
            let error = await failure {
                let query: PostgresQuery = "SELECT n, 1 / (50000 - n) FROM generate_series(1, 100000) AS n"
                for try await (n, _) in connection.stream(query, as: (Int, Int).self) { last = n }
            }
            #expect(error?.sqlState == .divisionByZero)
            #expect(last < 50000)
            try await checkIsUsable(connection)
        }
    }

    @Test func `Reading a stream after its lease has ended is an error`() async throws {
        let stream = try await withConnection { connection in connection.stream("SELECT 1", as: Int.self) }
        let error = await failure { for try await _ in stream {} }
        #expect(error?.code == .connectionReturned)
        #expect(error?.message.contains("Borrowing.swift") == true)
    }

    @Test func `A stream is stopped at the end of its lease`() async throws {
        var iterator = try await withConnection { connection in
            var iterator = connection.stream(Self.many, as: (Int, String).self).makeAsyncIterator()
            let first = try await iterator.next()
            #expect(first?.0 == 1)
            return iterator
        }
        // What has been received already may still be read.
        let error = await failure { while try await iterator.next() != nil {} }
        #expect(error?.code == .connectionReturned)
    }

    @Test func `A loop can be run again`() async throws {
        try await withConnection { connection in
            let stream = connection.stream("SELECT generate_series(1, 3)", as: Int.self)
            var numbers: [Int] = []
            for try await n in stream { numbers.append(n) }
            for try await n in stream { numbers.append(n) }
            #expect(numbers == [1, 2, 3, 1, 2, 3])
        }
    }

    @Test func `Statements can be executed between fetches of a cursor`() async throws {
        try await withConnection { connection in
            try await connection.withTransaction { transaction in
                try await transaction.execute("CREATE TEMP TABLE seen (n int)")
                for try await n in transaction.cursor("SELECT generate_series(1, 10)", as: Int.self, fetchSize: 3) {
                    try await transaction.execute("INSERT INTO seen VALUES (\(n))")
                    if n == 8 { break }
                }
                #expect(try await transaction.fetchValue("SELECT count(*) FROM seen", as: Int.self) == 8)
                var rows = 0
                for try await _ in transaction.cursor("SELECT 1 WHERE false") { rows += 1 }
                for try await _ in transaction.cursor("SELECT generate_series(1, 4)", fetchSize: 2) { rows += 1 }
                #expect(rows == 4)
            }
        }
    }
}
