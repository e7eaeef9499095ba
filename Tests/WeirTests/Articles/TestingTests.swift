import Articles
import Logging
import Testing
import Weir

/// The test that `Testing.md` shows.
@Suite(.limited) struct TestingTests {
    private let pool: PostgresPool

    init() async throws {
        let server = try await TestServer.shared
        try await PostgresPool.with(server.connectionString()) { admin in
            try await admin.execute("DROP DATABASE IF EXISTS greetings WITH (FORCE)")
            try await admin.execute("CREATE DATABASE greetings")
        }
        var configuration = try PostgresPool.Configuration(server.connectionString(database: "greetings"))
        // It is dropped, not closed, so that the test has nothing in it but what the article shows.
        configuration.logger = Logger(label: "greetings") { _ in SwiftLogNoOpLogHandler() }
        pool = try PostgresPool(configuration)
        try await Articles.prepare(pool)
    }

    @Test func `a new user is greeted`() async throws {
        try await undone(pool) { transaction in
            let id = try await register("ann@example.com", in: transaction)
            let greetings: Int = try await transaction.fetchValue(
                "SELECT count(*) FROM greetings WHERE user_id = \(id)")
            #expect(greetings == 1)
        }
    }
}
