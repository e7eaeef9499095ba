import Weir

extension Articles {
    /// Runs the code of `TimeOuts.md`.
    public static func timeOuts(_ pool: PostgresPool, url: String) async throws {
        try await dayTotals(pool)
        try await refresh(pool)
        var configuration = try PostgresPool.Configuration(url)
        bothSides(&configuration)
        try await PostgresPool.with(configuration) { pool in
            let limit: String = try await pool.fetchValue("SELECT current_setting('statement_timeout')")
            try expect(limit == "9s", limit)
        }
        try await limited(pool, [1, 2])
    }
}

private func dayTotals(_ pool: PostgresPool) async throws {
    let totals = try await pool.fetch(
        "SELECT day, sum(total)::int8 FROM orders GROUP BY day", as: (String, Int).self, timeout: .seconds(2))
    try expect(totals.first?.0 == "Monday", "\(totals)")
}

private func bothSides(_ configuration: inout PostgresPool.Configuration) {
    configuration.statementTimeout = .seconds(9)
    configuration.commandTimeout = .seconds(10)
    configuration.idleInTransactionTimeout = .seconds(30)
    configuration.sessionParameters = [.init(name: "lock_timeout", value: "3s")]
}

private func refresh(_ pool: PostgresPool) async throws {
    try await pool.withTransaction { transaction in
        try await transaction.execute("SET LOCAL statement_timeout = '10min'")
        try await transaction.execute("REFRESH MATERIALIZED VIEW totals", timeout: .seconds(600))
    }
}

private func importAll(from source: [Int], into pool: PostgresPool) async throws {
    for number in source { try await pool.execute("INSERT INTO points (x) VALUES (\(number))") }
}

private func limited(_ pool: PostgresPool, _ source: [Int]) async throws {
    let work = Task { try await importAll(from: source, into: pool) }
    let alarm = Task {
        try await Task.sleep(for: .seconds(60))
        work.cancel()
    }
    defer { alarm.cancel() }
    try await work.value
}
