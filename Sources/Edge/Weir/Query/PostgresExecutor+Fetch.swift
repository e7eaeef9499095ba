public import PGTypes
import PGTypesFoundation

extension PostgresExecutor where Self: ~Copyable {
    /// Executes a statement and returns all rows.
    public func fetch(
        _ query: PostgresQuery, timeout: Duration? = nil, file: String = #fileID, line: Int = #line
    ) async throws -> PostgresRows {
        try await result(of: query, timeout: timeout, origin: SourceLocation(file: file, line: line)).rows
    }

    /// Executes a statement and returns all rows as tuples:
    /// `try await pool.fetch("SELECT id, name FROM users", as: (Int, String?).self)`; a single column as values:
    /// `as: Int.self`.
    @inlinable
    public func fetch<each Value: PostgresDecodable>(
        _ query: PostgresQuery, as _: (repeat each Value).Type, timeout: Duration? = nil,
        file: String = #fileID, line: Int = #line
    ) async throws -> [(repeat each Value)] {
        let origin = SourceLocation(file: file, line: line)
        let rows = try await result(of: query, timeout: timeout, origin: origin).rows
        do throws(PostgresDecodingError) {
            return try rows.decode((repeat each Value).self)
        } catch {
            throw PostgresError(error, decoding: query.sql, origin: origin)
        }
    }

    /// Executes a statement and returns all rows as a `Decodable` type, by the columns' names.
    @_disfavoredOverload
    public func fetch<Value: Decodable>(
        _ query: PostgresQuery, as _: Value.Type, options: PostgresDecodableOptions = PostgresDecodableOptions(),
        timeout: Duration? = nil, file: String = #fileID, line: Int = #line
    ) async throws -> [Value] {
        let origin = SourceLocation(file: file, line: line)
        let rows = try await result(of: query, timeout: timeout, origin: origin).rows
        do {
            return try rows.map { try $0.decode(Value.self, options: options) }
        } catch {
            throw PostgresError(error, decoding: query.sql, origin: origin)
        }
    }

    /// Executes a statement and returns the only value of the only row:
    /// `let count: Int = try await pool.fetchValue("SELECT count(*) FROM users")`.
    ///
    /// Use an optional type where the value may be NULL; where there may be no row, use
    /// ``fetchOptional(_:as:timeout:file:line:)``.
    ///
    /// - Throws: `wrongRowCount` unless there is exactly one row and one column.
    @inlinable
    public func fetchValue<Value: PostgresDecodable>(
        _ query: PostgresQuery, as _: Value.Type = Value.self, timeout: Duration? = nil,
        file: String = #fileID, line: Int = #line
    ) async throws -> Value {
        let origin = SourceLocation(file: file, line: line)
        let row = try await result(of: query, timeout: timeout, origin: origin).onlyRow(query.sql, origin)
        guard row.count == 1 else { throw PostgresError(wrongColumnCount: row.count, query.sql, origin) }
        do throws(PostgresDecodingError) {
            return try row.decode(Value.self)
        } catch {
            throw PostgresError(error, decoding: query.sql, origin: origin)
        }
    }
}
