public import PGTypes
import PGTypesFoundation

extension PostgresConnectionScope where Self: ~Copyable {
    /// Streams rows as they arrive, for results that need not or cannot be in memory as a whole.
    ///
    /// ```swift
    /// for try await row in connection.stream("SELECT * FROM events") { … }
    /// ```
    ///
    /// - Parameter timeout: how long the server may be silent; the time of the loop's body does not count. By default
    ///   the pool's `command_timeout`.
    public func stream(
        _ query: PostgresQuery, timeout: Duration? = nil, file: String = #fileID, line: Int = #line
    ) -> PostgresRowSequence<PostgresRow> {
        PostgresRowSequence(source(query, timeout, file, line)) { $0 }
    }

    /// Streams rows as they arrive, as tuples; a single column as values.
    @inlinable
    public func stream<each Value: PostgresDecodable>(
        _ query: PostgresQuery, as _: (repeat each Value).Type, timeout: Duration? = nil,
        file: String = #fileID, line: Int = #line
    ) -> PostgresRowSequence<(repeat each Value)> {
        stream(query, timeout: timeout, file: file, line: line).decoding { row in
            try row.decode((repeat each Value).self)
        }
    }

    /// Streams rows as they arrive, as a `Decodable` type, by the columns' names.
    @_disfavoredOverload
    public func stream<Value: Decodable>(
        _ query: PostgresQuery, as _: Value.Type, options: PostgresDecodableOptions = PostgresDecodableOptions(),
        timeout: Duration? = nil, file: String = #fileID, line: Int = #line
    ) -> PostgresRowSequence<Value> {
        stream(query, timeout: timeout, file: file, line: line).decoding { row in
            try row.decode(Value.self, options: options)
        }
    }

    private func source(_ query: PostgresQuery, _ timeout: Duration?, _ file: String, _ line: Int) -> RowSource {
        RowSource(handle: handle, query: query, timeout: timeout, origin: SourceLocation(file: file, line: line))
    }
}

extension PostgresRowSequence<PostgresRow> {
    /// Returns the same rows with another decoder.
    @usableFromInline
    func decoding<Value>(_ decode: @escaping (PostgresRow) throws -> Value) -> PostgresRowSequence<Value> {
        PostgresRowSequence<Value>(source, decode: decode)
    }
}
