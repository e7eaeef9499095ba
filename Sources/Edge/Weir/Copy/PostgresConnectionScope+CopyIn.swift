extension PostgresConnectionScope where Self: ~Copyable {
    /// Executes `COPY … FROM STDIN` with the data that `body` writes.
    ///
    /// ```swift
    /// try await connection.copyIn("COPY points FROM STDIN (FORMAT csv)") { writer in
    ///     try await writer.write("1,2.5\n")
    /// }
    /// ```
    ///
    /// If `body` throws, the COPY fails on the server and none of its rows are stored.
    ///
    /// - Returns: the number of rows copied.
    /// - Throws: the errors of `body` and of the server; `misuse` for a statement other than `COPY … FROM STDIN`, and
    ///   for other statements on this connection inside of `body`.
    @discardableResult
    public func copyIn(
        _ query: PostgresQuery, timeout: Duration? = nil, file: String = #fileID, line: Int = #line,
        _ body: (inout PostgresCopyWriter) async throws -> Void
    ) async throws -> Int {
        let origin = SourceLocation(file: file, line: line)
        let copy = try await CopyRun(query, handle, timeout, origin)
        var writer = PostgresCopyWriter(copy)
        do {
            try await body(&writer)
        } catch {
            throw await copy.fail(error)
        }
        return try await copy.finish(writer.take())
    }

    /// Executes `COPY … FROM STDIN` with the pieces of a sequence, such as a request's body or a file.
    ///
    /// - Returns: the number of rows copied.
    @discardableResult
    public func copyIn<Pieces: AsyncSequence>(
        _ query: PostgresQuery, from pieces: Pieces, timeout: Duration? = nil,
        file: String = #fileID, line: Int = #line
    ) async throws -> Int where Pieces.Element: Sequence<UInt8> {
        try await copyIn(query, timeout: timeout, file: file, line: line) { writer in
            for try await piece in pieces { try await writer.write(piece) }
        }
    }

    /// Executes `COPY … FROM STDIN` with the bytes of a sequence.
    ///
    /// - Returns: the number of rows copied.
    @discardableResult
    public func copyIn<Bytes: AsyncSequence<UInt8, any Error>>(
        _ query: PostgresQuery, from bytes: Bytes, timeout: Duration? = nil,
        file: String = #fileID, line: Int = #line
    ) async throws -> Int {
        try await copyIn(query, timeout: timeout, file: file, line: line) { writer in
            for try await byte in bytes { try await writer.write(CollectionOfOne(byte)) }
        }
    }
}
