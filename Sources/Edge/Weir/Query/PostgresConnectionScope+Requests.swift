// One function for each number of statements: with parameter packs, Swift 6.3 takes the queries' literals for `String`.

extension PostgresConnectionScope where Self: ~Copyable {
    /// Sends several statements at once and returns their results together: one round trip instead of one each.
    ///
    /// ```swift
    /// let (orders, total) = try await connection.pipeline(
    ///     .rows("SELECT id, sum FROM orders", as: (Int, PostgresNumeric).self),
    ///     .value("SELECT count(*) FROM orders", as: Int.self))
    /// ```
    ///
    /// The effect is the same as executing them one after the other: if one fails, the others are executed
    /// nevertheless. In a transaction, a failure fails the transaction as usual. Accepts up to six statements;
    /// ``pipeline(_:timeout:file:line:)`` takes any number.
    ///
    /// - Throws: the error of the first statement that failed.
    public func pipeline<A, B>(
        _ a: PostgresRequest<A>, _ b: PostgresRequest<B>,
        timeout: Duration? = nil, file: String = #fileID, line: Int = #line
    ) async throws -> (A, B) {
        let results = try await results([a.query, b.query], timeout, file, line)
        return (try results.read(0, a), try results.read(1, b))
    }

    /// Sends three statements at once.
    public func pipeline<A, B, C>(
        _ a: PostgresRequest<A>, _ b: PostgresRequest<B>, _ c: PostgresRequest<C>,
        timeout: Duration? = nil, file: String = #fileID, line: Int = #line
    ) async throws -> (A, B, C) {
        let results = try await results([a.query, b.query, c.query], timeout, file, line)
        return (try results.read(0, a), try results.read(1, b), try results.read(2, c))
    }

    /// Sends four statements at once.
    public func pipeline<A, B, C, D>(
        _ a: PostgresRequest<A>, _ b: PostgresRequest<B>, _ c: PostgresRequest<C>, _ d: PostgresRequest<D>,
        timeout: Duration? = nil, file: String = #fileID, line: Int = #line
    ) async throws -> (A, B, C, D) {
        let results = try await results([a.query, b.query, c.query, d.query], timeout, file, line)
        return (try results.read(0, a), try results.read(1, b), try results.read(2, c), try results.read(3, d))
    }

    /// Sends five statements at once.
    public func pipeline<A, B, C, D, E>(
        _ a: PostgresRequest<A>, _ b: PostgresRequest<B>, _ c: PostgresRequest<C>,
        _ d: PostgresRequest<D>, _ e: PostgresRequest<E>,
        timeout: Duration? = nil, file: String = #fileID, line: Int = #line
    ) async throws -> (A, B, C, D, E) {
        let results = try await results([a.query, b.query, c.query, d.query, e.query], timeout, file, line)
        return (
            try results.read(0, a), try results.read(1, b), try results.read(2, c),
            try results.read(3, d), try results.read(4, e)
        )
    }

    /// Sends six statements at once.
    public func pipeline<A, B, C, D, E, F>(
        _ a: PostgresRequest<A>, _ b: PostgresRequest<B>, _ c: PostgresRequest<C>,
        _ d: PostgresRequest<D>, _ e: PostgresRequest<E>, _ f: PostgresRequest<F>,
        timeout: Duration? = nil, file: String = #fileID, line: Int = #line
    ) async throws -> (A, B, C, D, E, F) {
        let results = try await results([a.query, b.query, c.query, d.query, e.query, f.query], timeout, file, line)
        return (
            try results.read(0, a), try results.read(1, b), try results.read(2, c),
            try results.read(3, d), try results.read(4, e), try results.read(5, f)
        )
    }

    private func results(
        _ queries: [PostgresQuery], _ timeout: Duration?, _ file: String, _ line: Int
    ) async throws -> PipelineResults {
        let answers = try await pipeline(queries, timeout: timeout, file: file, line: line)
        guard answers.count == queries.count else { throw PostgresError(.protocolViolation, "answers are missing") }
        return PipelineResults(
            results: try answers.map { try $0.get() }, origin: SourceLocation(file: file, line: line))
    }
}

private struct PipelineResults {
    let results: [PostgresResult]
    let origin: SourceLocation

    func read<Output>(_ index: Int, _ request: PostgresRequest<Output>) throws(PostgresError) -> Output {
        try request.read(results[index], origin)
    }
}
