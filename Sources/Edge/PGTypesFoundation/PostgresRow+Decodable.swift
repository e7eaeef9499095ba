public import PGTypes

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension PostgresRow {
    /// The row as a `Decodable` type, whose properties are found by the columns' names.
    ///
    /// Properties that are ``PostgresDecodable`` are read as such; composite columns become nested types, arrays of them
    /// arrays of these, and JSON columns anything that is `Decodable`. A column that is missing is `nil` for an optional.
    /// Columns without a property are ignored.
    ///
    /// - Throws: ``PostgresDecodingError``, and whatever the type throws.
    @_disfavoredOverload
    public func decode<Value: Decodable>(
        _: Value.Type = Value.self, options: PostgresDecodableOptions = PostgresDecodableOptions()
    ) throws -> Value {
        var options = options
        if options.json == nil { options.json = Self.usualJSON }
        return try decodeByName(Value.self, options: options)
    }

    private static let usualJSON = JSONDecoder()
}
