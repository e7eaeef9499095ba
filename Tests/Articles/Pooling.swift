import Logging
import ServiceLifecycle
import Weir

extension Articles {
    /// Runs the code of `Pooling.md`.
    public static func pooling(_ pool: PostgresPool) async throws {
        try await renderPage(pool, 1)
        let names = try await pickedNames(pool, [1, 3])
        try expect(names.sorted() == ["Ann", "Cy"], "\(names)")
    }
}

private func onePool() throws -> PostgresPool {
    let pool = try PostgresPool("postgresql://app@db1,db2/app?target_session_attrs=read-write&connection_limit=20")
    return pool
}

private func configuredPool() throws -> PostgresPool {
    var configuration = try PostgresPool.Configuration("postgresql:///app")
    configuration.maximumConnections = 20
    configuration.acquireTimeout = .seconds(2)
    configuration.commandTimeout = .seconds(10)
    configuration.leakThreshold = .seconds(30)
    let pool = try PostgresPool(configuration)
    return pool
}

private func render(_ name: String) async throws -> String { "<h1>\(name)</h1>" }

private func renderPage(_ pool: PostgresPool, _ id: Int) async throws {
    let name = try await pool.fetchValue("SELECT name FROM users WHERE id = \(id)", as: String.self)
    let page = try await render(name)
    try await pool.execute("UPDATE users SET page = \(page) WHERE id = \(id)")
}

private func pickedNames(_ pool: PostgresPool, _ ids: [Int]) async throws -> [String] {
    try await pool.withConnection { connection in
        try await connection.execute("CREATE TEMPORARY TABLE picked (id bigint)")
        try await connection.copyIn(into: "picked", columns: ["id"], ids)
        return try await connection.fetch("SELECT name FROM users JOIN picked USING (id)", as: String.self)
    }
}

private func preparedSessions(_ configuration: inout PostgresPool.Configuration) {
    configuration.prepareConnection = { connection in
        try await connection.execute("SET ROLE reporting")
        try await connection.execute("CREATE TEMPORARY TABLE picked (id bigint)")
    }
}

private struct Tokens: Sendable {
    func current() async throws -> String { "token" }
}

private func expiringPasswords(_ configuration: inout PostgresPool.Configuration, _ tokens: Tokens) {
    configuration.password = { Secret(try await tokens.current()) }
}

private func service(_ pool: PostgresPool, _ server: any Service, _ logger: Logger) async throws {
    let group = ServiceGroup(services: [pool, server], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    try await group.run()
}

private func script() async throws {
    try await PostgresPool.with("postgresql:///app") { pool in
        try await pool.execute("REFRESH MATERIALIZED VIEW totals")
    }
}
