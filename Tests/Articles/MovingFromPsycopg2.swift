import Weir

extension Articles {
    /// Runs the code of `MovingFromPsycopg2.md`.
    public static func movingFromPsycopg2(_ pool: PostgresPool) async throws {
        try await transfer(pool, 5, from: 2, to: 1)
        let file = AsyncStream<[UInt8]> { pieces in
            for line in ["4,4.5\n", "5,"] { pieces.yield(Array(line.utf8)) }
            pieces.finish()
        }
        try await lists(pool, ids: [1, 2], table: "users", points: [(1, 1.5), (2, 2.5)], file: file)
        try await events(pool)
    }
}

private struct NoSuchAccount: Error {}

private func query(team: String) async throws -> [(Int, String)] {
    let pool = try PostgresPool("postgresql:///app?connection_limit=20")
    let users = try await pool.fetch("SELECT id, name FROM users WHERE team = \(team)", as: (Int, String).self)
    return users
}

private func transfer(_ pool: PostgresPool, _ amount: Int, from source: Int, to target: Int) async throws {
    try await pool.withTransaction { transaction in
        let tag = try await transaction.execute(
            "UPDATE accounts SET balance = balance - \(amount) WHERE id = \(source)")
        guard tag.rowsAffected == 1 else { throw NoSuchAccount() }
        try await transaction.execute("UPDATE accounts SET balance = balance + \(amount) WHERE id = \(target)")
    }
}

private func lists(
    _ pool: PostgresPool, ids: [Int], table: String, points: [(Int, Double)], file: AsyncStream<[UInt8]>
) async throws {
    let names = try await pool.fetch("SELECT name FROM users WHERE id = ANY(\(ids))", as: String.self)
    let count: Int = try await pool.fetchValue("SELECT count(*) FROM \(identifier: table)")
    try await pool.withConnection { connection in
        try await connection.executeMany("INSERT INTO points (x, y) VALUES ($1, $2)", points)
        try await connection.copyIn("COPY points (x, y) FROM STDIN (FORMAT csv)", from: file)
    }
    try expect(names.count == 2 && count > 2, "\(names), \(count)")
}

private func handle(_ id: Int, _ payload: String) async throws {
    try expect(payload == "event \(id)", payload)
}

private func events(_ pool: PostgresPool) async throws {
    try await pool.withConnection { connection in
        for try await (id, payload) in connection.stream("SELECT id, payload FROM events", as: (Int, String).self) {
            try await handle(id, payload)
        }
    }
}
