public import PGTypes

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A value that is encoded as JSON: `\(PostgresJSON(settings))`,
/// `row["settings", as: PostgresJSON<Settings>.self].value`.
///
/// Sent as `jsonb`, or as `json` where the server expects that.
public struct PostgresJSON<Value> {
    /// The value.
    public var value: Value

    /// Wraps a value.
    public init(_ value: Value) { self.value = value }
}

extension PostgresJSON: Sendable where Value: Sendable {}
extension PostgresJSON: Equatable where Value: Equatable {}
extension PostgresJSON: Hashable where Value: Hashable {}

extension PostgresJSON: PostgresDecodable where Value: Decodable {
    /// Decodes `json` and `jsonb` with a default `JSONDecoder`.
    ///
    /// - Throws: `custom` if the JSON does not match the type. The decoder's own error is left out, because it may
    ///   quote the value.
    public init(decoding value: PostgresValue) throws(PostgresDecodingError) {
        let json = try PostgresRawJSON(decoding: value)
        guard let decoded = try? JSONDecoder().decode(Value.self, from: Data(json.text.utf8)) else {
            throw value.error(.custom, Value.self)
        }
        self.init(decoded)
    }
}

extension PostgresJSON: PostgresEncodable where Value: Encodable {
    /// `jsonb`.
    public static var postgresType: PostgresType { .jsonb }

    /// Appends `json` or `jsonb`, encoded with a default `JSONEncoder`.
    public func encode(
        into writer: inout PostgresWriter, as type: PostgresType, in format: PostgresFormat
    ) throws(PostgresEncodingError) {
        guard let json = try? JSONEncoder().encode(value) else {
            throw PostgresEncodingError(.custom, type: type, source: Value.self)
        }
        try PostgresRawJSON(String(decoding: json, as: UTF8.self)).encode(into: &writer, as: type, in: format)
    }
}

/// Makes Foundation's decoder usable for rows: `row.decode(User.self, options: .init(json: JSONDecoder()))`.
extension JSONDecoder: PostgresJSONDecoding {
    /// Decodes a value from JSON.
    public func decode<Value: Decodable>(_ type: Value.Type, fromJSON text: [UInt8]) throws -> Value {
        try decode(type, from: Data(text))
    }
}
