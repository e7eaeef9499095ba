public import PGTypes

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A value that travels as JSON: `\(PostgresJSON(settings))`, `row["settings", as: PostgresJSON<Settings>.self].value`.
///
/// Sent as `jsonb`, or as `json` where the server expects that.
public struct PostgresJSON<Value> {
    /// The value.
    public var value: Value

    /// A value to send as JSON.
    public init(_ value: Value) { self.value = value }
}

extension PostgresJSON: Sendable where Value: Sendable {}
extension PostgresJSON: Equatable where Value: Equatable {}
extension PostgresJSON: Hashable where Value: Hashable {}

extension PostgresJSON: PostgresDecodable where Value: Decodable {
    /// Reads `json` and `jsonb`, with Foundation's decoder as it is by default.
    ///
    /// - Throws: `custom` if the JSON is not such a value. What the decoder says is left out, as it may quote the value.
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

    /// Appends `json` or `jsonb`, with Foundation's encoder as it is by default.
    public func encode(
        into writer: inout PostgresWriter, as type: PostgresType, in format: PostgresFormat
    ) throws(PostgresEncodingError) {
        guard let json = try? JSONEncoder().encode(value) else {
            throw PostgresEncodingError(.custom, type: type, source: Value.self)
        }
        try PostgresRawJSON(String(decoding: json, as: UTF8.self)).encode(into: &writer, as: type, in: format)
    }
}

/// Foundation's decoder for `Decodable` rows: `row.decode(User.self, options: .init(json: JSONDecoder()))`.
extension JSONDecoder: PostgresJSONDecoding {
    /// What the JSON means as that type.
    public func decode<Value: Decodable>(_ type: Value.Type, fromJSON text: [UInt8]) throws -> Value {
        try decode(type, from: Data(text))
    }
}
