public import PGTypes
import PGTypesFoundation

/// A statement of a pipeline, and how to decode its result.
///
/// ```swift
/// let (orders, total, _) = try await connection.pipeline(
///     .rows("SELECT id, sum FROM orders", as: (Int, PostgresNumeric).self),
///     .value("SELECT count(*) FROM orders", as: Int.self),
///     .execute("UPDATE visits SET n = n + 1"))
/// ```
public struct PostgresRequest<Output> {
    let query: PostgresQuery
    let read: (PostgresResult, SourceLocation) throws(PostgresError) -> Output

    @usableFromInline
    init(_ query: PostgresQuery, _ read: @escaping (PostgresResult, SourceLocation) throws(PostgresError) -> Output) {
        self.query = query
        self.read = read
    }
}

extension PostgresRequest {
    /// Executes a statement and returns its tag.
    public static func execute(_ query: PostgresQuery) -> Self where Output == PostgresCommandTag {
        Self(query) { (result, _) throws(PostgresError) in result.tag }
    }

    /// Returns all rows.
    public static func rows(_ query: PostgresQuery) -> Self where Output == PostgresRows {
        Self(query) { (result, _) throws(PostgresError) in result.rows }
    }

    /// Returns all rows as tuples; a single column as values.
    @inlinable
    public static func rows<each Value: PostgresDecodable>(
        _ query: PostgresQuery, as _: (repeat each Value).Type
    ) -> Self where Output == [(repeat each Value)] {
        Self(query) { (result, origin) throws(PostgresError) in
            do throws(PostgresDecodingError) {
                return try result.rows.decode((repeat each Value).self)
            } catch {
                throw PostgresError(error, decoding: query.sql, origin: origin)
            }
        }
    }

    /// Returns the only row as a tuple.
    @inlinable
    public static func one<each Value: PostgresDecodable>(
        _ query: PostgresQuery, as _: (repeat each Value).Type
    ) -> Self where Output == (repeat each Value) {
        Self(query) { (result, origin) throws(PostgresError) in
            let row = try result.onlyRow(query.sql, origin)
            do throws(PostgresDecodingError) {
                return try row.decode((repeat each Value).self)
            } catch {
                throw PostgresError(error, decoding: query.sql, origin: origin)
            }
        }
    }
}

extension PostgresRequest {
    /// Returns all rows as a `Decodable` type, by the columns' names.
    @_disfavoredOverload
    public static func rows<Value: Decodable>(
        _ query: PostgresQuery, as _: Value.Type, options: PostgresDecodableOptions = PostgresDecodableOptions()
    ) -> Self where Output == [Value] {
        Self(query) { (result, origin) throws(PostgresError) in
            do {
                return try result.rows.map { try $0.decode(Value.self, options: options) }
            } catch {
                throw PostgresError(error, decoding: query.sql, origin: origin)
            }
        }
    }
}

extension PostgresRequest where Output: PostgresDecodable {
    /// Returns the only value of the only row.
    @inlinable
    public static func value(_ query: PostgresQuery, as _: Output.Type = Output.self) -> Self {
        Self(query) { (result, origin) throws(PostgresError) in
            let row = try result.onlyRow(query.sql, origin)
            guard row.count == 1 else { throw PostgresError(wrongColumnCount: row.count, query.sql, origin) }
            do throws(PostgresDecodingError) {
                return try row.decode(Output.self)
            } catch {
                throw PostgresError(error, decoding: query.sql, origin: origin)
            }
        }
    }
}
