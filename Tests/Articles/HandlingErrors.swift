import Logging
import Weir

extension Articles {
    /// Runs the code of `HandlingErrors.md`.
    public static func errors(_ pool: PostgresPool) async throws {
        try await addUser(pool, "Dee", "dee@example.com")
        try await expectTaken { try await addUser(pool, "Dee", "dee@example.com") }
        try await expectTaken { try await addUserByConstraint(pool, "Dee", "dee@example.com") }
        await misspell(pool, Logger(label: "articles") { _ in SwiftLogNoOpLogHandler() })
    }
}

private struct EmailIsTaken: Error {}

private func expectTaken(_ body: () async throws -> Void) async throws {
    do { try await body() } catch is EmailIsTaken { return }
    throw Unexpected("the address is taken")
}

private func addUser(_ pool: PostgresPool, _ name: String, _ email: String) async throws {
    do {
        try await pool.execute("INSERT INTO users (name, email) VALUES (\(name), \(email))")
    } catch PostgresSQLState.uniqueViolation {
        throw EmailIsTaken()
    }
}

private func addUserByConstraint(_ pool: PostgresPool, _ name: String, _ email: String) async throws {
    do {
        try await pool.execute("INSERT INTO users (name, email) VALUES (\(name), \(email))")
    } catch let error as PostgresError where error.server?.constraint == "users_email_key" {
        throw EmailIsTaken()
    }
}

private func misspell(_ pool: PostgresPool, _ logger: Logger) async {
    do {
        try await pool.execute("SELECT nmae FROM users")
    } catch {
        logger.error("\(error)")
    }
}
