import Foundation
import Weir

extension Articles {
    /// Runs the code of `Testing.md`.
    public static func testing(_ pool: PostgresPool) async throws {
        try await undone(pool) { transaction in
            _ = try await register("ann@example.com", in: transaction)
            let greetings: Int = try await transaction.fetchValue("SELECT count(*) FROM greetings")
            try expect(greetings == 1, "\(greetings)")
        }
        let left: Int = try await pool.fetchValue("SELECT count(*) FROM greetings")
        try expect(left == 0, "\(left)")
    }
}

/// The function under test.
public func register(_ email: String, in database: borrowing some PostgresExecutor & ~Copyable) async throws -> Int {
    try await database.withTransaction { transaction in
        let id: Int = try await transaction.fetchValue("INSERT INTO users (email) VALUES (\(email)) RETURNING id")
        try await transaction.execute("INSERT INTO greetings (user_id) VALUES (\(id))")
        return id
    }
}

/// Runs `body` in a transaction that is rolled back.
public func undone(_ pool: PostgresPool, _ body: (inout PostgresTransaction) async throws -> Void) async throws {
    struct Undo: Error {}
    do {
        try await pool.withTransaction { transaction in
            try await body(&transaction)
            throw Undo()
        }
    } catch is Undo {}
}

private struct Databases {
    let admin: PostgresPool

    func withDatabase(_ body: (PostgresPool) async throws -> Void) async throws {
        let name = "test_\(UUID().uuidString.lowercased())"
        try await admin.execute("CREATE DATABASE \(identifier: name) TEMPLATE app_template")
        var configuration = try PostgresPool.Configuration("dbname=\(name)")
        configuration.maximumConnections = 4
        try await PostgresPool.with(configuration, body)
        try await admin.execute("DROP DATABASE \(identifier: name) WITH (FORCE)")
    }
}
