import Foundation
import Weir

extension Articles {
    /// Runs the code of `MovingFromPrisma.md`.
    public static func movingFromPrisma(_ pool: PostgresPool) async throws {
        for team in [nil, "red"] { try await puttingTogether(pool, team: team, column: "name", ids: [1, 2]) }
        try await transfer(pool, 1, from: 1, to: 2)
        let (users, total) = try await firstPage(pool)
        try expect(users.count == total, "\(users), \(total)")
    }
}

private func raw(team: String, ids: [Int]) async throws {
    let pool = try PostgresPool(ProcessInfo.processInfo.environment["DATABASE_URL"] ?? "")
    let users = try await pool.fetch("SELECT id, name FROM users WHERE team = \(team)", as: User.self)
    let changed = try await pool.execute("UPDATE users SET active = false WHERE id = ANY(\(ids))").rowsAffected
    print(users, changed as Any)
}

private func puttingTogether(_ pool: PostgresPool, team: String?, column: String, ids: [Int]) async throws {
    let condition: PostgresQuery = if let team { "WHERE team = \(team)" } else { "" }
    _ = try await pool.fetch("SELECT id, name FROM users \(condition) ORDER BY \(identifier: column) LIMIT 20")
    _ = try await pool.fetch("SELECT id, name FROM users WHERE id IN (\(list: ids))")
}

private func transfer(_ pool: PostgresPool, _ amount: Int, from source: Int, to target: Int) async throws {
    try await pool.withTransaction(.serializable, retry: .serializationFailures()) { transaction in
        try await transaction.execute("UPDATE accounts SET balance = balance - \(amount) WHERE id = \(source)")
        try await transaction.execute("UPDATE accounts SET balance = balance + \(amount) WHERE id = \(target)")
    }
}

private func firstPage(_ pool: PostgresPool) async throws -> ([User], Int) {
    let (users, total) = try await pool.withTransaction { transaction in
        try await transaction.pipeline(
            .rows("SELECT id, name FROM users LIMIT 20", as: User.self),
            .value("SELECT count(*) FROM users", as: Int.self))
    }
    return (users, total)
}
