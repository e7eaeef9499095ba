import Weir

extension Articles {
    /// Runs the code of `Transactions.md`.
    public static func transactions(_ pool: PostgresPool) async throws {
        try await transfer(pool, 30, from: 1, to: 2)
        let balances = try await pool.fetch("SELECT balance FROM accounts ORDER BY id", as: Int.self)
        try expect(balances == [70, 30], "\(balances)")
        for total in [10, 20] { try await orderWithCoupon(pool, total: total, code: "spring") }
        let report = try await report(pool)
        try expect(report == (4, 37), "\(report)")
        try await withdraw(pool, 10, from: 1)
        do {
            try await withdraw(pool, 1_000, from: 1)
            throw Unexpected("there was not so much")
        } catch is InsufficientFunds {}
        for _ in 1...2 { try await pay(pool, requestID: "r1", amount: 5) }
        try await rename(1, to: "Anne", in: pool)
        try await pool.withConnection { try await rename(1, to: "Anna", in: $0) }
        try await pool.withTransaction { try await rename(1, to: "Annette", in: $0) }
        let renames: Int = try await pool.fetchValue("SELECT count(*) FROM renames")
        try expect(renames == 3, "\(renames)")
    }
}

private struct InsufficientFunds: Error {}

private func transfer(_ pool: PostgresPool, _ amount: Int, from: Int, to: Int) async throws {
    try await pool.withTransaction { transaction in
        try await transaction.execute("UPDATE accounts SET balance = balance - \(amount) WHERE id = \(from)")
        try await transaction.execute("UPDATE accounts SET balance = balance + \(amount) WHERE id = \(to)")
    }
}

private func orderWithCoupon(_ pool: PostgresPool, total: Int, code: String) async throws {
    try await pool.withTransaction { transaction in
        let order: Int = try await transaction.fetchValue("INSERT INTO orders (total) VALUES (\(total)) RETURNING id")
        do {
            try await transaction.withSavepoint { savepoint in
                try await savepoint.execute("INSERT INTO coupons (code, order_id) VALUES (\(code), \(order))")
            }
        } catch PostgresSQLState.uniqueViolation {
            // Used already: the order stands, without the coupon.
        }
    }
}

private func report(_ pool: PostgresPool) async throws -> (Int, Int) {
    let report = try await pool.withTransaction(.repeatableRead, readOnly: true) { transaction in
        let count: Int = try await transaction.fetchValue("SELECT count(*) FROM orders")
        let total: Int = try await transaction.fetchValue("SELECT coalesce(sum(total), 0)::int8 FROM orders")
        return (count, total)
    }
    return report
}

private func withdraw(_ pool: PostgresPool, _ amount: Int, from: Int) async throws {
    try await pool.withTransaction(.serializable, retry: .serializationFailures(attempts: 5)) { transaction in
        let balance: Int = try await transaction.fetchValue("SELECT balance FROM accounts WHERE id = \(from)")
        guard balance >= amount else { throw InsufficientFunds() }
        try await transaction.execute("UPDATE accounts SET balance = balance - \(amount) WHERE id = \(from)")
    }
}

private func pay(_ pool: PostgresPool, requestID: String, amount: Int) async throws {
    try await pool.execute(
        "INSERT INTO payments (request_id, amount) VALUES (\(requestID), \(amount)) ON CONFLICT (request_id) DO NOTHING"
    )
}

private func rename(_ id: Int, to name: String, in database: borrowing some PostgresExecutor & ~Copyable) async throws {
    try await database.withTransaction { transaction in
        let old: String = try await transaction.fetchValue("SELECT name FROM users WHERE id = \(id) FOR UPDATE")
        try await transaction.execute("INSERT INTO renames (user_id, old, new) VALUES (\(id), \(old), \(name))")
        try await transaction.execute("UPDATE users SET name = \(name) WHERE id = \(id)")
    }
}
