import Testing
import Weir

@Suite(.onlyDirectly, .limited) struct EncodingTests {
    @Test func `Text of a LATIN1 database is decoded correctly whatever its default client_encoding`() async throws {
        try await withConnection { maker in
            try await maker.executeScript("DROP DATABASE IF EXISTS latin1")
            try await maker.executeScript(
                "CREATE DATABASE latin1 TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'")
            try await maker.executeScript("ALTER DATABASE latin1 SET client_encoding = 'LATIN1'")
        }
        let session = await PostgresSession(try await TestServer.shared.connect(database: "latin1"))
        let lease = PostgresLease(session, origin: SourceLocation(file: #fileID, line: #line))
        try await lease.withConnection({ (connection: inout PostgresConnection) async throws -> Void in
            let text = try await connection.fetchValue("SELECT chr(233) || \("ü")::text", as: String.self)
            #expect(text == "éü")
            #expect(try await connection.fetchValue("SELECT octet_length(\("é")::text)", as: Int.self) == 1)
            let error = await failure { try await connection.fetchValue("SELECT \("€")::text", as: String.self) }
            #expect(error?.sqlState == "22P05")
        }) { _ in await session.close() }
    }
}
