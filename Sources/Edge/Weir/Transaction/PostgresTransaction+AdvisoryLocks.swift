extension PostgresTransaction {
    /// Waits for a lock on a number that applications agree upon, and holds it until the transaction's end.
    ///
    /// Source: PostgreSQL, explicit-locking.html#ADVISORY-LOCKS
    public func lockAdvisory(
        _ key: Int64, timeout: Duration? = nil, file: String = #fileID, line: Int = #line
    ) async throws {
        try await execute("SELECT pg_catalog.pg_advisory_xact_lock(\(key))", timeout: timeout, file: file, line: line)
    }

    /// Takes a lock on a number that applications agree upon, if nobody holds it, until the transaction's end.
    ///
    /// - Returns: Whether it was taken.
    public func tryLockAdvisory(
        _ key: Int64, file: String = #fileID, line: Int = #line
    ) async throws -> Bool {
        try await fetchValue("SELECT pg_catalog.pg_try_advisory_xact_lock(\(key))", file: file, line: line)
    }
}
