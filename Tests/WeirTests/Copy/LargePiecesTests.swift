import Testing
import Weir

@Suite(.limited) struct LargePiecesTests {
    /// Pieces that are larger than what may be on its way at once, to a server that is slow.
    @Test(.limited) func `Pieces of any size are copied, however slow the server`() async throws {
        let server = try await TestServer.shared
        try await PostgresConnection.with(server.connectionString()) { connection in
            try await connection.executeScript(
                """
                CREATE TEMPORARY TABLE large_pieces (line text);
                CREATE FUNCTION pg_temp.dawdle() RETURNS trigger LANGUAGE plpgsql AS
                    'BEGIN PERFORM pg_sleep(0.2); RETURN new; END';
                CREATE TRIGGER dawdle BEFORE INSERT ON large_pieces
                    FOR EACH ROW WHEN (new.line = 'first') EXECUTE FUNCTION pg_temp.dawdle();
                """)
            let piece = String(repeating: String(repeating: "x", count: 1023) + "\n", count: 1024)
            let count = try await connection.copyIn("COPY large_pieces FROM STDIN") { writer in
                try await writer.write("first\n")
                for _ in 1...8 { try await writer.write(piece) }
            }
            #expect(count == 1 + 8 * 1024)
        }
    }
}
