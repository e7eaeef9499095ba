import Testing
import Weir

/// Rows as they come in.
@Suite(.serialized, .limited) struct StreamTests {
    @Test func `A stream gives all rows in order`() async throws {
        try await TestServer.shared.withSession { session in
            for _ in 1...2 {
                let query = PostgresQuery(
                    sql: "SELECT n, repeat('x', 50) FROM generate_series(1, $1) n", values: [20_000])
                let stream = try await session.stream(query)
                #expect(stream.columns.count == 2)
                var last = 0
                while let rows = try await stream.next() {
                    for row in rows {
                        let number = try row[0, as: Int.self]
                        if number != last + 1 { Issue.record("row \(number) came after \(last)") }
                        last = number
                    }
                }
                #expect(last == 20_000)
                #expect(stream.tag?.rowsAffected == 20_000)
                #expect((try await stream.next())?.count == nil)
            }
        }
    }

    @Test func `The server waits while the client does not read a stream`() async throws {
        var configuration = PostgresSession.Configuration()
        configuration.readAhead = 100_000
        try await TestServer.shared.withSession(configuration) { session in
            let query = PostgresQuery(sql: "SELECT repeat('x', 1000) FROM generate_series(1, 100000) n")
            let stream = try await session.stream(query)
            try await TestServer.shared.withSession { other in
                let wait = PostgresQuery(
                    sql: "SELECT wait_event FROM pg_stat_activity WHERE pid = $1", values: [session.processID ?? 0])
                try await until("the server waits for the client") {
                    try await other.query(wait).rows.first?.decode(String?.self) == "ClientWrite"
                }
            }
            var count = 0
            while let rows = try await stream.next() { count += rows.count }
            #expect(count == 100_000)
        }
    }

    @Test func `Stream errors are thrown where they occur`() async throws {
        try await TestServer.shared.withSession { session in
            await #expect(throws: PostgresError.self) { try await session.stream(PostgresQuery(sql: "SELEC")) }
            let late = PostgresQuery(sql: "SELECT 1000 / (5000 - n) FROM generate_series(1, 10000) n")
            let stream = try await session.stream(late)
            let error = await #expect(throws: PostgresError.self) {
                while let rows = try await stream.next() { _ = rows }
            }
            #expect(error?.server?.sqlState == "22012")
            #expect(stream.tag == nil)
            try await session.checkIsUsable()
        }
    }

    @Test func `Dropping a stream stops its statement`() async throws {
        try await TestServer.shared.withSession { session in
            do {
                let endless = PostgresQuery(sql: "SELECT generate_series(1, 1000000000), repeat('x', 1000)")
                let stream = try await session.stream(endless)
                #expect((try await stream.next())?.isEmpty == false)
            }
            try await session.checkIsUsable()
            #expect(session.isOpen)
        }
    }

    @Test func `A statement without rows streams only its tag`() async throws {
        try await TestServer.shared.withSession { session in
            let stream = try await session.stream(PostgresQuery(sql: "CREATE TEMP TABLE nothing ()"))
            #expect((try await stream.next())?.count == nil)
            #expect(stream.tag?.description == "CREATE TABLE")
        }
    }
}
