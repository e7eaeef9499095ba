/// JSON as text, not parsed: PostgreSQL's `json` and `jsonb`.
///
/// Sent as `jsonb`, or as `json` if the server expects that. `PGTypesFoundation` has JSON through `Codable`.
public struct PostgresRawJSON: Hashable, Sendable {
    /// The JSON text. PostgreSQL checks that it is valid.
    public var text: String

    /// Creates a value from JSON text.
    public init(_ text: String) { self.text = text }
}

extension PostgresRawJSON: PostgresCodable {
    /// `jsonb`.
    @inlinable public static var postgresType: PostgresType { .jsonb }

    /// Reads `json` and `jsonb`.
    public init(decoding value: PostgresValue) throws(PostgresDecodingError) {
        let type = value.type.underlying
        guard type == .json || type == .jsonb || value.format == .text && type.isUnknown else {
            throw value.error(.typeMismatch, Self.self)
        }
        self.init(try String(decoding: value))
    }

    /// Appends `json` or `jsonb`.
    public func encode(
        into writer: inout PostgresWriter, as type: PostgresType, in format: PostgresFormat
    ) throws(PostgresEncodingError) {
        guard format == .text || type.underlying == .json || type.underlying == .jsonb else {
            throw PostgresEncodingError(.typeMismatch, type: type, source: Self.self)
        }
        try text.encode(into: &writer, as: type, in: format)
    }
}
