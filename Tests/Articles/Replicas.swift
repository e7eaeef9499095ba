import Weir

extension Articles {
    /// Runs the code of `Replicas.md` that does not need several servers.
    public static func replicas(_ pool: PostgresPool) async throws {
        let newest = try await newest(pool)
        try expect(newest.first?.1 == "Two", "\(newest)")
        let delay = try await delay(pool)
        try expect(delay == nil, "a primary is not behind")
    }
}

private func primary() throws -> PostgresPool {
    let pool = try PostgresPool("postgresql://app@db1,db2,db3/app?target_session_attrs=read-write")
    return pool
}

private func withReplicas() async throws -> [(Int, String)] {
    var configuration = try PostgresPool.Configuration("postgresql://app@db1,db2/app?target_session_attrs=read-write")
    configuration.replicas = [
        try ConnectionString("postgresql://app@replica1/app"), try ConnectionString("postgresql://app@replica2/app"),
    ]
    let pool = try PostgresPool(configuration)

    let newest = try await pool.read { connection in
        try await connection.fetch("SELECT id, title FROM articles ORDER BY id DESC LIMIT 20", as: (Int, String).self)
    }
    return newest
}

private func newest(_ pool: PostgresPool) async throws -> [(Int, String)] {
    try await pool.read { connection in
        try await connection.fetch("SELECT id, title FROM articles ORDER BY id DESC LIMIT 20", as: (Int, String).self)
    }
}

private func delay(_ pool: PostgresPool) async throws -> Double? {
    let delay = try await pool.read { connection in
        try await connection.fetchValue(
            "SELECT extract(epoch FROM now() - pg_last_xact_replay_timestamp())::float8", as: Double?.self)
    }
    return delay
}
