/// The data of a `COPY … TO STDOUT`, in pieces.
///
/// The statement is sent when the first piece is requested. A slow reader makes the server wait; leaving the loop, or
/// cancelling the task, cancels the COPY on the server. While it is being read, its connection cannot be used
/// for anything else.
public struct PostgresCopySequence: AsyncSequence {
    let handle: PostgresHandle
    let query: PostgresQuery
    let timeout: Duration?
    let origin: SourceLocation

    /// Creates an iterator, which executes the COPY when the first piece is requested.
    public func makeAsyncIterator() -> AsyncIterator {
        let query = query, timeout = handle.timeout(timeout)
        return AsyncIterator(
            reader: PortionReader(handle, origin, sql: query.sql, exclusiveUser: "a COPY") {
                (session) throws(PostgresError) in
                try await session.copyOut(try query.withoutValues("COPY"), timeout: timeout)
            })
    }

    /// Reads the pieces of one execution.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let reader: PortionReader<CopyOutStream>

        /// Returns the next piece; `nil` at the end.
        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws -> [UInt8]? { try await reader.next() }

        /// Returns the next piece; `nil` at the end.
        public mutating func next() async throws -> [UInt8]? { try await next(isolation: nil) }
    }
}

extension PostgresConnectionScope where Self: ~Copyable {
    /// Executes `COPY … TO STDOUT`.
    ///
    /// ```swift
    /// for try await piece in connection.copyOut("COPY (SELECT * FROM points) TO STDOUT (FORMAT csv)") { … }
    /// ```
    ///
    /// Pieces need not end at the end of a row.
    ///
    /// - Parameter timeout: how long the server may be silent; the time of the loop's body does not count. By default
    ///   the pool's `command_timeout`.
    public func copyOut(
        _ query: PostgresQuery, timeout: Duration? = nil, file: String = #fileID, line: Int = #line
    ) -> PostgresCopySequence {
        PostgresCopySequence(
            handle: handle, query: query, timeout: timeout, origin: SourceLocation(file: file, line: line))
    }
}
