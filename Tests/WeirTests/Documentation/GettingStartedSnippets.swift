import Weir

// The code of the article "Getting started", as printed there.

private struct User: Decodable {
    var id: Int
    var name: String?
    var email: String?
}

private struct NoSuchUser: Error {}
private struct InsufficientFunds: Error {}
private struct EmailIsTaken: Error {}

func opening() async throws {
    let pool = try PostgresPool("postgresql://app@db.example/shop")
    await pool.close()

    try await PostgresConnection.with("postgresql:///shop") { connection in
        try await connection.executeScript(
            "CREATE TABLE IF NOT EXISTS users (id int PRIMARY KEY, name text, email text UNIQUE)")
    }
}

func asking(
    _ pool: PostgresPool, ids: [Int], id: Int, email: String, table: String, isDescending: Bool, limit: Int
) async throws {
    let names = try await pool.fetch("SELECT id, name FROM users WHERE id = ANY(\(ids))", as: (Int, String?).self)
    let count: Int = try await pool.fetchValue("SELECT count(*) FROM users")
    let user = try await pool.fetchOne("SELECT * FROM users WHERE id = \(id)", as: User.self)
    let maybe = try await pool.fetchOptional("SELECT * FROM users WHERE email = \(email)", as: User.self)
    _ = (names, count, user, maybe)

    let rows = try await pool.fetch(
        "SELECT * FROM \(identifier: table) ORDER BY id \(raw: isDescending ? "DESC" : "ASC") LIMIT \(limit)")
    _ = rows
}

func changing(_ pool: PostgresPool, id: Int, from: Int, to: Int, amount: Int) async throws {
    let tag = try await pool.execute("DELETE FROM users WHERE id = \(id)")
    guard tag.rowsAffected == 1 else { throw NoSuchUser() }

    try await pool.withTransaction(.serializable, retry: .serializationFailures()) { transaction in
        let balance: Int = try await transaction.fetchValue("SELECT balance FROM accounts WHERE id = \(from)")
        guard balance >= amount else { throw InsufficientFunds() }
        try await transaction.execute("UPDATE accounts SET balance = balance - \(amount) WHERE id = \(from)")
        try await transaction.execute("UPDATE accounts SET balance = balance + \(amount) WHERE id = \(to)")
    }
}

func export(_ id: Int, _ name: String?) async throws -> Bool { false }

func borrowing(_ pool: PostgresPool) async throws {
    try await pool.withConnection { connection in
        for try await (id, name) in connection.stream("SELECT id, name FROM users", as: (Int, String?).self) {
            guard try await export(id, name) else { break }
        }
    }

    try await pool.withConnection { connection in
        try await connection.copyIn(into: "users", columns: ["id", "name"], [(1, "Ann"), (2, "Bob")])
    }
}

func catching(_ pool: PostgresPool, id: Int, email: String) async throws {
    do {
        try await pool.execute("INSERT INTO users (id, email) VALUES (\(id), \(email))")
    } catch PostgresSQLState.uniqueViolation {
        throw EmailIsTaken()
    }
}

func start(job: String) async throws {}
func startAllJobs() async throws {}

func listening(_ pool: PostgresPool) async throws {
    try await pool.listen(to: "jobs") { events in
        for try await event in events {
            switch event {
            case .notification(let notification): try await start(job: notification.payload)
            case .gap: try await startAllJobs()
            }
        }
    }
}

private func user(_ id: Int, in database: borrowing some PostgresExecutor & ~Copyable) async throws -> User {
    try await database.fetchOne("SELECT * FROM users WHERE id = \(id)", as: User.self)
}
