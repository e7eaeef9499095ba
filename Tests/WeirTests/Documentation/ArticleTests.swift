import Foundation
import Testing
import Weir

@Suite(.serialized, .limited) struct ArticleTests {
    @Test func `All code of the article is compiled`() throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent()
        let root = tests.appending(path: "../../..").standardizedFileURL
        let article = try String(
            contentsOf: root.appending(path: "Sources/Edge/Weir/Weir.docc/GettingStarted.md"), encoding: .utf8)
        let compiled = try words(
            String(contentsOf: tests.appending(path: "GettingStartedSnippets.swift"), encoding: .utf8))
        let blocks = article.components(separatedBy: "```swift\n").dropFirst().map {
            $0.components(separatedBy: "```")[0]
        }
        #expect(blocks.count > 8)
        for block in blocks { #expect(compiled.contains(words(block)), "\(block)") }
    }

    /// Without what indentation and access make different.
    private func words(_ code: String) -> String {
        code.split(whereSeparator: \.isWhitespace).filter { $0 != "private" }.joined(separator: " ")
    }

    // Poolers take no search_path at the log-in.
    @Test(.onlyDirectly) func `The article's statements run`() async throws {
        let server = try await TestServer.shared
        let string = server.connectionString()
        try await PostgresConnection.with(string) { connection in
            try await connection.executeScript(
                """
                DROP SCHEMA IF EXISTS article CASCADE; CREATE SCHEMA article; SET search_path = article;
                CREATE TABLE users (id int PRIMARY KEY, name text, email text UNIQUE);
                CREATE TABLE accounts (id int, balance int); INSERT INTO accounts VALUES (1, 100), (2, 0);
                """)
        }
        var configuration = try PostgresPool.Configuration(string)
        configuration.sessionParameters = [.init(name: "search_path", value: "article")]
        try await PostgresPool.with(configuration) { pool in
            try await borrowing(pool)
            try await catching(pool, id: 3, email: "c@example.com")
            try await asking(
                pool, ids: [1, 2], id: 1, email: "c@example.com", table: "users", isDescending: true, limit: 5)
            try await changing(pool, id: 2, from: 1, to: 2, amount: 60)
            await #expect(throws: (any Error).self) { try await changing(pool, id: 3, from: 1, to: 2, amount: 60) }
            let balances = try await pool.fetch("SELECT balance FROM accounts ORDER BY id", as: Int.self)
            #expect(balances == [40, 60])
            try await pool.execute("DROP SCHEMA article CASCADE")
        }
    }
}
