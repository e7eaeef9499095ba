public import PGTypes
import PGTypesFoundation

extension PostgresTransaction {
    /// Fetches the rows of a statement in portions, as tuples; a single column as values.
    @inlinable
    public func cursor<each Value: PostgresDecodable>(
        _ query: PostgresQuery, as _: (repeat each Value).Type, fetchSize: Int = 1000, timeout: Duration? = nil,
        file: String = #fileID, line: Int = #line
    ) -> PostgresRowSequence<(repeat each Value)> {
        cursor(query, fetchSize: fetchSize, timeout: timeout, file: file, line: line).decoding { row in
            try row.decode((repeat each Value).self)
        }
    }

    /// Fetches the rows of a statement in portions, as a `Decodable` type, by the columns' names.
    @_disfavoredOverload
    public func cursor<Value: Decodable>(
        _ query: PostgresQuery, as _: Value.Type, options: PostgresDecodableOptions = PostgresDecodableOptions(),
        fetchSize: Int = 1000, timeout: Duration? = nil, file: String = #fileID, line: Int = #line
    ) -> PostgresRowSequence<Value> {
        cursor(query, fetchSize: fetchSize, timeout: timeout, file: file, line: line).decoding { row in
            try row.decode(Value.self, options: options)
        }
    }
}
