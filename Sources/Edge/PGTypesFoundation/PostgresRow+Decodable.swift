public import PGTypes

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension PostgresRow {
    /// Decodes the row as a `Decodable` type, whose properties are matched to columns by name.
    ///
    /// Properties that are ``PostgresDecodable`` are decoded as such; composite columns are decoded as nested types,
    /// arrays of composites as arrays of nested types, and JSON columns as any `Decodable` type. A missing column is
    /// `nil` for an optional property. Columns without a property are ignored.
    ///
    /// - Throws: ``PostgresDecodingError``, and the errors of the type's own decoding.
    @_disfavoredOverload
    public func decode<Value: Decodable>(
        _: Value.Type = Value.self, options: PostgresDecodableOptions = PostgresDecodableOptions()
    ) throws -> Value {
        var options = options
        if options.json == nil { options.json = Self.defaultJSON }
        return try decodeByName(Value.self, options: options)
    }

    private static let defaultJSON = JSONDecoder()
}
