import Weir

private func overview(customer: Int) async throws {
    let pool = try PostgresPool("postgresql://app@db.example/shop")
    let count: Int = try await pool.fetchValue("SELECT count(*) FROM orders WHERE customer = \(customer)")
    print(count)
}
