extension PostgresPool {
    /// Runs `body` with a connection to the primary.
    ///
    /// Callers are served in order of arrival. Before another caller gets the connection, whatever `body` left open is
    /// stopped and rolled back, and the ``Configuration/resetPolicy`` is applied. Hold the connection no longer than
    /// needed: do other I/O before or after.
    ///
    /// - Parameters:
    ///   - timeout: how long to wait for the connection; `nil` for ``Configuration/acquireTimeout``.
    ///   - body: uses the connection. It runs in the caller's task and isolation.
    /// - Throws: ``PostgresError``: `acquireTimeout`, `cancelled`, `poolClosed`, or the reason why no connection can be
    ///   made; and the errors of `body`.
    @discardableResult
    public func withConnection<Result>(
        timeout: Duration? = nil, file: String = #fileID, line: Int = #line,
        _ body: (inout PostgresConnection) async throws -> Result
    ) async throws -> Result {
        try await withLease(try await acquire(timeout: timeout, origin: SourceLocation(file: file, line: line)), body)
    }

    /// Runs `body` with a connection to the primary, as the counterpart of ``read(timeout:file:line:_:)``. The same as
    /// ``withConnection(timeout:file:line:_:)``.
    @discardableResult
    public func write<Result>(
        timeout: Duration? = nil, file: String = #fileID, line: Int = #line,
        _ body: (inout PostgresConnection) async throws -> Result
    ) async throws -> Result {
        try await withConnection(timeout: timeout, file: file, line: line, body)
    }

    /// Runs `body` with a connection for reading: to the replica with the fewest connections in use, or to the primary
    /// if no replica is reachable.
    ///
    /// A replica may lag behind the primary, so the latest writes may not be visible yet. Nothing prevents `body` from
    /// writing if it runs on the primary; use a read-only transaction to be sure.
    ///
    /// - Parameters:
    ///   - timeout: how long to wait for the connection; `nil` for ``Configuration/acquireTimeout``.
    ///   - body: uses the connection.
    /// - Throws: the same as ``withConnection(timeout:file:line:_:)``.
    @discardableResult
    public func read<Result>(
        timeout: Duration? = nil, file: String = #fileID, line: Int = #line,
        _ body: (inout PostgresConnection) async throws -> Result
    ) async throws -> Result {
        let origin = SourceLocation(file: file, line: line)
        return try await withLease(try await acquireForReading(timeout: timeout, origin: origin), body)
    }

    /// Runs `body` with an acquired connection, and releases it.
    func withLease<Result>(
        _ pooled: PoolLease, _ body: (inout PostgresConnection) async throws -> Result
    ) async throws -> Result {
        try await lease(pooled).withConnection(body) { isReusable in endLease(pooled, isReusable: isReusable) }
    }

    /// Creates the public view of a lease, which all requests go through.
    func lease(_ pooled: PoolLease) -> PostgresLease {
        PostgresLease(
            pooled.session, origin: pooled.origin, commandTimeout: configuration.commandTimeout, tracing: tracing,
            observe: pooled.observe)
    }

    func endLease(_ pooled: PoolLease, isReusable: Bool) {
        if !isReusable { pooled.session.abort() }
        release(pooled)
    }
}
