import Testing
import Weir

/// What happens when a statement changes client_encoding to something other than UTF-8.
@Suite(.serialized, .limited) struct ClientEncodingTests {
    private static let changes = [
        "SET client_encoding TO 'LATIN1'", "SET NAMES 'win1252'",
        "SELECT set_config('client_encoding', 'LATIN1', false)", "BEGIN; SET LOCAL client_encoding TO 'LATIN1'",
    ]

    @Test(arguments: changes)
    func `The statement that changes client_encoding succeeds, and the next is not sent`(sql: String) async throws {
        try await TestServer.shared.withSession { session in
            _ = try await session.script(sql)
            let error = await #expect(throws: PostgresError.self) {
                try await session.query(PostgresQuery(sql: "SELECT 'é'"))
            }
            #expect(error?.code == .misuse)
            #expect(error?.message.contains("client_encoding was set to") == true)
            #expect(error?.query == "SELECT 'é'")
            #expect(!session.isOpen)
        }
    }

    @Test func `All names of UTF-8 are accepted`() async throws {
        try await TestServer.shared.withSession { session in
            for name in ["UTF8", "utf-8", "UNICODE"] {
                _ = try await session.query(PostgresQuery(sql: "SET client_encoding TO '\(name)'"))
                try await session.checkIsUsable()
            }
            _ = try await session.script("SET client_encoding TO 'LATIN1'; SET client_encoding TO 'UTF8'")
            try await session.checkIsUsable()
        }
    }

    @Test func `Results after the change in the same call are discarded`() async throws {
        try await TestServer.shared.withSession { session in
            let text = PostgresQuery(sql: "SELECT 'é'")
            let change = PostgresQuery(sql: "SET client_encoding TO 'LATIN1'")
            let results = await session.pipeline([text, change, text, text])
            let first = try results[0].get().rows[0].decode(String.self)
            #expect(first == "é")
            #expect(throws: Never.self) { try results[1].get() }
            for result in results[2...] {
                let error = #expect(throws: PostgresError.self) { try result.get() }
                #expect(error?.code == .misuse)
            }
        }
        try await TestServer.shared.withSession { session in
            let error = await #expect(throws: PostgresError.self) {
                try await session.script("SELECT 'ö'; SET client_encoding TO 'LATIN1'; SELECT 'Ã©'")
            }
            #expect(error?.message.contains("client_encoding was set to") == true)
        }
    }

    @Test(arguments: changes)
    func `The next lease of the connection uses UTF-8 again`(sql: String) async throws {
        try await TestServer.shared.withSession { session in
            _ = try await session.script(sql)
            #expect(await session.cleanUp(deadline: .seconds(60)))
            let text = try await session.query(PostgresQuery(sql: "SELECT 'é€'")).rows[0].decode(String.self)
            #expect(text == "é€")
        }
        let server = try await TestServer.shared
        var configuration = try PostgresPool.Configuration(server.connectionString())
        configuration.maximumConnections = 1
        try await PostgresPool.with(configuration) { pool in
            var process: Int32?
            for _ in 1...2 {
                try await pool.withConnection { connection in
                    process = process ?? connection.processID
                    #expect(connection.processID == process)
                    let text: String = try await connection.fetchValue("SELECT \("é€")::text || '→'")
                    #expect(text == "é€→")
                    try await connection.executeScript("\(raw: sql)")
                }
            }
        }
    }
}
