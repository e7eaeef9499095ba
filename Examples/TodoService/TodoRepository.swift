import Weir

/// Contains all of the SQL. Each method holds a connection only while its statements run.
struct TodoRepository: Sendable {
    let pool: PostgresPool

    func createTable() async throws {
        try await pool.execute(
            """
            CREATE TABLE IF NOT EXISTS todos (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                title text NOT NULL UNIQUE CHECK (title <> ''),
                done boolean NOT NULL DEFAULT false)
            """)
    }

    /// Only reads, so it may use a replica.
    func all(done: Bool?) async throws -> [Todo] {
        let condition: PostgresQuery = if let done { "WHERE done = \(done)" } else { "" }
        return try await pool.read { connection in
            try await connection.fetch("SELECT id, title, done FROM todos \(condition) ORDER BY id", as: Todo.self)
        }
    }

    func find(_ id: Int) async throws -> Todo? {
        try await pool.fetchOptional("SELECT id, title, done FROM todos WHERE id = \(id)", as: Todo.self)
    }

    func add(_ title: String) async throws -> Todo {
        try await pool.fetchOne("INSERT INTO todos (title) VALUES (\(title)) RETURNING id, title, done", as: Todo.self)
    }

    func change(_ id: Int, _ draft: TodoDraft) async throws -> Todo? {
        try await pool.fetchOptional(
            """
            UPDATE todos SET title = coalesce(\(draft.title), title), done = coalesce(\(draft.done), done)
            WHERE id = \(id) RETURNING id, title, done
            """, as: Todo.self)
    }

    func remove(_ id: Int) async throws -> Bool {
        try await pool.execute("DELETE FROM todos WHERE id = \(id)").rowsAffected == 1
    }

    /// Counts and finishes all open items in one transaction, which is retried after a conflict with another one.
    func finishAll() async throws -> Int {
        try await pool.withTransaction(.serializable, retry: .serializationFailures()) { transaction in
            let open: Int = try await transaction.fetchValue("SELECT count(*) FROM todos WHERE NOT done")
            try await transaction.execute("UPDATE todos SET done = true WHERE NOT done")
            return open
        }
    }
}
