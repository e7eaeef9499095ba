import Articles
import Foundation
import Testing
import Weir

/// What the articles show is compiled, and does what they say.
@Suite(.serialized, .limited) struct EveryArticleTests {
    @Test(arguments: try Article.all()) func `Every Swift block of an article is compiled`(_ article: Article) {
        for block in article.blocks {
            let isCompiled = article.code.contains(block.withoutSpaces)
            #expect(isCompiled, "not in Tests/Articles/\(article.name).swift:\n\(block)")
        }
    }

    // Poolers take no settings but a few at the log-in.
    @Test(.onlyDirectly) func `The code of the articles runs as described`() async throws {
        try await withDatabase { pool, url in
            try await Articles.prepare(pool)
            try await Articles.pooling(pool)
            try await Articles.transactions(pool)
            try await Articles.timeOuts(pool, url: url)
            try await Articles.replicas(pool)
            try await Articles.errors(pool)
            try await Articles.testing(pool)
            Articles.observability(pool)
            try await Articles.movingFromPsycopg2(pool)
            try await Articles.movingFromAsyncpg(pool)
            try await Articles.movingFromPrisma(pool)
            try await Articles.movingFromPostgresNIO(pool)
        }
    }

    /// Lends a separate database, which is dropped afterwards.
    private func withDatabase(_ body: (PostgresPool, String) async throws -> Void) async throws {
        let server = try await TestServer.shared
        try await PostgresPool.with(server.connectionString()) { admin in
            try await admin.execute("DROP DATABASE IF EXISTS articles WITH (FORCE)")
            try await admin.execute("CREATE DATABASE articles")
            let url = server.connectionString(database: "articles")
            try await PostgresPool.with(url) { pool in try await body(pool, url) }
            try await admin.execute("DROP DATABASE articles WITH (FORCE)")
        }
    }
}

/// A document with Swift in it, and the code that is compiled for it.
struct Article: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    /// Without white space.
    let code: String

    var testDescription: String { name }

    static func all() throws -> [Article] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized
        let catalogue = root.appending(path: "Sources/Edge/Weir/Weir.docc")
        let documents =
            try FileManager.default.contentsOfDirectory(at: catalogue, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "md" } + [root.appending(path: "README.md")]
        return try documents.sorted { $0.path < $1.path }.map { document in
            let name = document.deletingPathExtension().lastPathComponent
            let code = [
                "Tests/Articles/\(name).swift", "Tests/WeirTests/Articles/\(name)Tests.swift",
                "Tests/WeirTests/Documentation/\(name)Snippets.swift",
            ].compactMap {
                try? String(contentsOf: root.appending(path: $0), encoding: .utf8)
            }
            return Article(
                name: name, text: try String(contentsOf: document, encoding: .utf8),
                code: code.joined(separator: "\n").withoutSpaces)
        }
    }

    /// The code between ```` ```swift ```` and ```` ``` ````, but for what begins with the name of another library.
    var blocks: [String] {
        text.components(separatedBy: "```swift\n").dropFirst()
            .compactMap { $0.components(separatedBy: "```").first }
            .filter { !$0.hasPrefix("// PostgresNIO\n") }
    }
}

extension String {
    var withoutSpaces: String { filter { !$0.isWhitespace } }
}
