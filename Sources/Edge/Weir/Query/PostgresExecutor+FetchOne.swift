public import PGTypes
import PGTypesFoundation

extension PostgresExecutor where Self: ~Copyable {
    /// Executes a statement and returns the only row.
    ///
    /// - Throws: `wrongRowCount` if there is none, or more than one.
    public func fetchOne(
        _ query: PostgresQuery, timeout: Duration? = nil, file: String = #fileID, line: Int = #line
    ) async throws -> PostgresRow {
        let origin = SourceLocation(file: file, line: line)
        return try await result(of: query, timeout: timeout, origin: origin).onlyRow(query.sql, origin)
    }

    /// Executes a statement and returns the only row as a tuple.
    ///
    /// - Throws: `wrongRowCount` if there is none, or more than one.
    @inlinable
    public func fetchOne<each Value: PostgresDecodable>(
        _ query: PostgresQuery, as _: (repeat each Value).Type, timeout: Duration? = nil,
        file: String = #fileID, line: Int = #line
    ) async throws -> (repeat each Value) {
        let origin = SourceLocation(file: file, line: line)
        let row = try await result(of: query, timeout: timeout, origin: origin).onlyRow(query.sql, origin)
        do throws(PostgresDecodingError) {
            return try row.decode((repeat each Value).self)
        } catch {
            throw PostgresError(error, decoding: query.sql, origin: origin)
        }
    }

    /// Executes a statement and returns the only row as a `Decodable` type, by the columns' names.
    ///
    /// - Throws: `wrongRowCount` if there is none, or more than one.
    @_disfavoredOverload
    public func fetchOne<Value: Decodable>(
        _ query: PostgresQuery, as _: Value.Type, options: PostgresDecodableOptions = PostgresDecodableOptions(),
        timeout: Duration? = nil, file: String = #fileID, line: Int = #line
    ) async throws -> Value {
        let origin = SourceLocation(file: file, line: line)
        let row = try await result(of: query, timeout: timeout, origin: origin).onlyRow(query.sql, origin)
        do {
            return try row.decode(Value.self, options: options)
        } catch {
            throw PostgresError(error, decoding: query.sql, origin: origin)
        }
    }

    /// Executes a statement and returns the only row; `nil` if there is none.
    ///
    /// - Throws: `wrongRowCount` if there is more than one.
    public func fetchOptional(
        _ query: PostgresQuery, timeout: Duration? = nil, file: String = #fileID, line: Int = #line
    ) async throws -> PostgresRow? {
        let origin = SourceLocation(file: file, line: line)
        return try await result(of: query, timeout: timeout, origin: origin).onlyRowIfAny(query.sql, origin)
    }

    /// Executes a statement and returns the only row as a tuple, or its only column as a value; `nil` if there is no
    /// row.
    ///
    /// - Throws: `wrongRowCount` if there is more than one.
    @inlinable
    public func fetchOptional<each Value: PostgresDecodable>(
        _ query: PostgresQuery, as _: (repeat each Value).Type, timeout: Duration? = nil,
        file: String = #fileID, line: Int = #line
    ) async throws -> (repeat each Value)? {
        let origin = SourceLocation(file: file, line: line)
        let result = try await result(of: query, timeout: timeout, origin: origin)
        guard let row = try result.onlyRowIfAny(query.sql, origin) else { return nil }
        do throws(PostgresDecodingError) {
            return try row.decode((repeat each Value).self)
        } catch {
            throw PostgresError(error, decoding: query.sql, origin: origin)
        }
    }

    /// Executes a statement and returns the only row as a `Decodable` type, by the columns' names; `nil` if there is no
    /// row.
    ///
    /// - Throws: `wrongRowCount` if there is more than one.
    @_disfavoredOverload
    public func fetchOptional<Value: Decodable>(
        _ query: PostgresQuery, as _: Value.Type, options: PostgresDecodableOptions = PostgresDecodableOptions(),
        timeout: Duration? = nil, file: String = #fileID, line: Int = #line
    ) async throws -> Value? {
        let origin = SourceLocation(file: file, line: line)
        let result = try await result(of: query, timeout: timeout, origin: origin)
        guard let row = try result.onlyRowIfAny(query.sql, origin) else { return nil }
        do {
            return try row.decode(Value.self, options: options)
        } catch {
            throw PostgresError(error, decoding: query.sql, origin: origin)
        }
    }
}
