/// What a `COPY … TO STDOUT` gives, piece by piece.
///
/// The statement is sent when the first piece is asked for. Reading slowly makes the server wait; leaving the loop, or
/// cancelling the task, cancels the COPY on the server. While it is being read, its connection does nothing else.
public struct PostgresCopySequence: AsyncSequence {
    let lent: PostgresLent
    let query: PostgresQuery
    let timeout: Duration?
    let origin: SourceLocation

    /// Runs the COPY as soon as the first piece is asked for.
    public func makeAsyncIterator() -> AsyncIterator {
        let query = query, timeout = lent.timeout(timeout)
        return AsyncIterator(
            reader: PortionReader(lent, origin, sql: query.sql, occupant: "a COPY") { (session) throws(PostgresError) in
                try await session.copyOut(try query.withoutValues("COPY"), timeout: timeout)
            })
    }

    /// Reads pieces.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let reader: PortionReader<CopyOutStream>

        /// The next piece, `nil` at the end.
        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws -> [UInt8]? { try await reader.next() }

        /// The next piece, `nil` at the end.
        public mutating func next() async throws -> [UInt8]? { try await next(isolation: nil) }
    }
}

extension PostgresConnectionScope where Self: ~Copyable {
    /// Runs `COPY … TO STDOUT`.
    ///
    /// ```swift
    /// for try await piece in connection.copyOut("COPY (SELECT * FROM points) TO STDOUT (FORMAT csv)") { … }
    /// ```
    ///
    /// Pieces need not end where rows do.
    ///
    /// - Parameter timeout: How long the server may say nothing; the loop's body may take its time. By default the pool's
    ///   `command_timeout`.
    public func copyOut(
        _ query: PostgresQuery, timeout: Duration? = nil, file: String = #fileID, line: Int = #line
    ) -> PostgresCopySequence {
        PostgresCopySequence(
            lent: lent, query: query, timeout: timeout, origin: SourceLocation(file: file, line: line))
    }
}
