import Testing
import Weir

/// COPY in both directions.
@Suite(.serialized, .limited) struct CopyTests {
    @Test func `Data that was copied in can be copied out`() async throws {
        try await TestServer.shared.withSession { session in
            _ = try await session.script("CREATE TEMP TABLE c (n int, t text)")
            let copy = try await session.copyIn("COPY c FROM STDIN")
            #expect(copy.columnCount == 2)
            #expect(!copy.isBinary)
            for number in 1...100_000 { try await copy.write("\(number)\ttext of \(number)\n".utf8) }
            #expect(try await copy.finish().rowsAffected == 100_000)
            try await session.checkIsUsable()

            let out = try await session.copyOut("COPY c TO STDOUT")
            var lines = 0, bytes = 0
            while let chunk = try await out.next() {
                lines += chunk.count(where: { $0 == UInt8(ascii: "\n") })
                bytes += chunk.count
            }
            #expect(lines == 100_000)
            #expect(bytes > 1_000_000)
            #expect(out.tag?.rowsAffected == 100_000)
            try await session.checkIsUsable()
        }
    }

    @Test func `A wrong row fails the COPY while it is written`() async throws {
        try await TestServer.shared.withSession { session in
            _ = try await session.script("CREATE TEMP TABLE c (n int)")
            let copy = try await session.copyIn("COPY c FROM STDIN")
            let error = await #expect(throws: PostgresError.self) {
                try await copy.write("wrong\n".utf8)
                while true { try await copy.write("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n".utf8) }
            }
            #expect(error?.server?.sqlState == "22P02")
            await #expect(throws: PostgresError.self) { try await copy.finish() }
            try await session.checkIsUsable()
        }
    }

    @Test func `An abandoned COPY stores nothing`() async throws {
        try await TestServer.shared.withSession { session in
            _ = try await session.script("CREATE TEMP TABLE c (n int)")
            let copy = try await session.copyIn("COPY c FROM STDIN")
            try await copy.write("1\n".utf8)
            copy.fail("enough")
            try await session.checkIsUsable()
            do {
                let dropped = try await session.copyIn("COPY c FROM STDIN")
                try await dropped.write("2\n".utf8)
            }
            let rows = try await session.query(PostgresQuery(sql: "SELECT count(*) FROM c")).rows
            #expect(try rows.decode(Int.self) == [0])
        }
    }

    @Test func `Statements other than COPY are refused`() async throws {
        try await TestServer.shared.withSession { session in
            _ = try await session.script("CREATE TEMP TABLE c (n int)")
            for sql in ["SELECT 1", "COPY c TO STDOUT", "", "COPY nowhere FROM STDIN"] {
                await #expect(throws: PostgresError.self) { try await session.copyIn(sql) }
                try await session.checkIsUsable()
            }
            for sql in ["SELECT 1", "COPY c FROM STDIN", "", "COPY nowhere TO STDOUT"] {
                await #expect(throws: PostgresError.self) { try await session.copyOut(sql) }
                try await session.checkIsUsable()
            }
        }
    }

    @Test func `Dropping a COPY out stops it`() async throws {
        try await TestServer.shared.withSession { session in
            do {
                let out = try await session.copyOut(
                    "COPY (SELECT generate_series(1, 1000000000), repeat('x', 100)) TO STDOUT")
                #expect((try await out.next())?.isEmpty == false)
            }
            try await session.checkIsUsable()
        }
    }
}
