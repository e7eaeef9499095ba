import Weir

extension Articles {
    /// Runs the code of `MovingFromAsyncpg.md`.
    public static func movingFromAsyncpg(_ pool: PostgresPool) async throws {
        for _ in 1...2 { try await orderWithCoupon(pool, 5, from: 1, code: "summer") }
        try await manyRows(pool, [(1, 1.5), (2, 2.5)])
        let listener = Task { try await listen(pool) }
        listener.cancel()
        _ = await listener.result
    }
}

private func queries(team: String, id: Int, ids: [Int]) async throws {
    let pool = try PostgresPool("postgresql:///app?pool_min_conns=2&connection_limit=20&socket_timeout=10")
    let users = try await pool.fetch("SELECT id, name FROM users WHERE team = \(team)", as: (Int, String).self)
    let user = try await pool.fetchOptional("SELECT id, name FROM users WHERE id = \(id)", as: User.self)
    let count: Int = try await pool.fetchValue("SELECT count(*) FROM users")
    let deleted = try await pool.execute("DELETE FROM users WHERE id = ANY(\(ids))").rowsAffected
    print(users, user as Any, count, deleted as Any)
}

private func orderWithCoupon(_ pool: PostgresPool, _ amount: Int, from source: Int, code: String) async throws {
    try await pool.withTransaction(.serializable) { transaction in
        try await transaction.execute("UPDATE accounts SET balance = balance - \(amount) WHERE id = \(source)")
        do {
            try await transaction.withTransaction { savepoint in
                try await savepoint.execute("INSERT INTO coupons (code) VALUES (\(code))")
            }
        } catch PostgresSQLState.uniqueViolation {}
    }
}

private func handle(_ id: Int, _ payload: String) async throws {
    try expect(payload == "event \(id)", payload)
}

private func manyRows(_ pool: PostgresPool, _ points: [(Int, Double)]) async throws {
    try await pool.withTransaction { transaction in
        try await transaction.executeMany("INSERT INTO points (x, y) VALUES ($1, $2)", points)
        try await transaction.copyIn(into: "points", columns: ["x", "y"], points)
        for try await (id, payload) in transaction.cursor("SELECT id, payload FROM events", as: (Int, String).self) {
            try await handle(id, payload)
        }
    }
}

private func readAllOrders() async throws {}

private func listen(_ pool: PostgresPool) async throws {
    try await pool.listen(to: "orders") { events in
        for try await event in events {
            switch event {
            case .notification(let notification): print(notification.channel, notification.payload)
            case .gap: try await readAllOrders()
            }
        }
    }
}
