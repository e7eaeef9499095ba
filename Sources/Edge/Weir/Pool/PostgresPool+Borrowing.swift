extension PostgresPool {
    /// Lends a connection to the primary to `body`.
    ///
    /// Callers are served in the order in which they came. What `body` leaves open is stopped and rolled back, and the
    /// ``Configuration/resetPolicy`` is applied, before anybody else gets the connection. Hold it no longer than needed:
    /// do other I/O before or after.
    ///
    /// - Parameters:
    ///   - timeout: how long to wait for the connection; `nil` for ``Configuration/acquireTimeout``.
    ///   - body: what to do with it. Its task is the caller's, and it runs where the caller runs.
    /// - Throws: ``PostgresError``: `acquireTimeout`, `cancelled`, `poolClosed`, why there can be no connection; and what
    ///   `body` throws.
    @discardableResult
    public func withConnection<Result>(
        timeout: Duration? = nil, file: String = #fileID, line: Int = #line,
        _ body: (inout PostgresConnection) async throws -> Result
    ) async throws -> Result {
        try await lend(try await acquire(timeout: timeout, origin: SourceLocation(file: file, line: line)), to: body)
    }

    /// Lends a connection to the primary, the counterpart of ``read(timeout:file:line:_:)``. The same as
    /// ``withConnection(timeout:file:line:_:)``.
    @discardableResult
    public func write<Result>(
        timeout: Duration? = nil, file: String = #fileID, line: Int = #line,
        _ body: (inout PostgresConnection) async throws -> Result
    ) async throws -> Result {
        try await withConnection(timeout: timeout, file: file, line: line, body)
    }

    /// Lends a connection that is good enough for reading: to the replica that has the fewest in use, or to the primary
    /// if there is no replica that can be reached.
    ///
    /// A replica may lag behind, so what was just written may not be seen yet. Nothing keeps `body` from writing when it
    /// happens to be on the primary; use a read-only transaction to be sure.
    ///
    /// - Parameters:
    ///   - timeout: how long to wait for the connection; `nil` for ``Configuration/acquireTimeout``.
    ///   - body: what to do with it.
    /// - Throws: as ``withConnection(timeout:file:line:_:)``.
    @discardableResult
    public func read<Result>(
        timeout: Duration? = nil, file: String = #fileID, line: Int = #line,
        _ body: (inout PostgresConnection) async throws -> Result
    ) async throws -> Result {
        let origin = SourceLocation(file: file, line: line)
        return try await lend(try await acquireForReading(timeout: timeout, origin: origin), to: body)
    }

    /// Lends what was acquired, and takes it back.
    func lend<Result>(
        _ pooled: PoolLease, to body: (inout PostgresConnection) async throws -> Result
    ) async throws -> Result {
        try await lease(pooled).lend(to: body) { isUnused in takeBack(pooled, isUnused: isUnused) }
    }

    /// What everything that speaks through the connection asks first.
    func lease(_ pooled: PoolLease) -> PostgresLease {
        PostgresLease(
            pooled.session, origin: pooled.origin, commandTimeout: configuration.commandTimeout, tracing: tracing,
            observe: pooled.observe)
    }

    func takeBack(_ pooled: PoolLease, isUnused: Bool) {
        if !isUnused { pooled.session.abort() }
        release(pooled)
    }
}
