import Weir

extension Articles {
    /// Runs the code of `MovingFromPostgresNIO.md`.
    public static func movingFromPostgresNIO(_ pool: PostgresPool) async throws {
        try await collected(pool, team: "red")
        try await streamed(pool)
        try await withdraw(pool, 1, from: 1)
        let listener = Task { try await listen(pool) }
        listener.cancel()
        _ = await listener.result
    }
}

private func serve(_ pool: PostgresPool) async throws {}

private func client() async throws {
    try await PostgresPool.with("postgresql://app@db/app?sslmode=verify-full&sslrootcert=system") { pool in
        try await serve(pool)
    }
}

/// Replaces Swift's own function, so that tests print nothing.
private func print(_ items: Any...) {}

private func collected(_ pool: PostgresPool, team: String) async throws {
    let rows = try await pool.fetch("SELECT id, name FROM users WHERE team = \(team)", as: (Int, String).self)
    for (id, name) in rows {
        print(id, name)
    }
}

private func streamed(_ pool: PostgresPool) async throws {
    try await pool.withConnection { connection in
        for try await (id, name) in connection.stream("SELECT id, name FROM users", as: (Int, String).self) {
            print(id, name)
        }
    }
}

private func withdraw(_ pool: PostgresPool, _ amount: Int, from id: Int) async throws {
    try await pool.withTransaction { transaction in
        try await transaction.execute("UPDATE accounts SET balance = balance - \(amount) WHERE id = \(id)")
    }
}

private func listen(_ pool: PostgresPool) async throws {
    try await pool.listen(to: "orders") { events in
        for try await event in events {
            guard case .notification(let notification) = event else { continue }
            print(notification.payload)
        }
    }
}
