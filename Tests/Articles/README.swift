import Foundation
import Weir

private func shop(customer: Int, item: Int) async throws {
    let pool = try PostgresPool("postgresql://app@db1,db2/shop?target_session_attrs=read-write&connection_limit=20")

    let orders = try await pool.fetch(
        "SELECT id, total FROM orders WHERE customer = \(customer)", as: (Int, Decimal).self)
    try await pool.withTransaction(.serializable, retry: .serializationFailures()) { transaction in
        try await transaction.execute("UPDATE stock SET amount = amount - 1 WHERE item = \(item)")
        try await transaction.execute("INSERT INTO orders (customer, item) VALUES (\(customer), \(item))")
    }
    print(orders)
}
