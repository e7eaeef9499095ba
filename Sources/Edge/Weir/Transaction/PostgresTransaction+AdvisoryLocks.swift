extension PostgresTransaction {
    /// Waits for an advisory lock, identified by an application-defined number, and holds it until the end of the
    /// transaction.
    ///
    /// Source: PostgreSQL, explicit-locking.html#ADVISORY-LOCKS
    public func lockAdvisory(
        _ key: Int64, timeout: Duration? = nil, file: String = #fileID, line: Int = #line
    ) async throws {
        try await execute("SELECT pg_catalog.pg_advisory_xact_lock(\(key))", timeout: timeout, file: file, line: line)
    }

    /// Acquires an advisory lock until the end of the transaction, if no other session holds it.
    ///
    /// - Returns: whether it was acquired.
    public func tryLockAdvisory(
        _ key: Int64, file: String = #fileID, line: Int = #line
    ) async throws -> Bool {
        try await fetchValue("SELECT pg_catalog.pg_try_advisory_xact_lock(\(key))", file: file, line: line)
    }
}
