// Enums and other types with raw values are sent as their raw values: `enum Mood: String, PostgresCodable { case sad,
// ok }`.

extension PostgresDecodable where Self: RawRepresentable, RawValue: PostgresDecodable {
    /// Reads the raw value; an unknown type is assumed to be a PostgreSQL enum.
    @inlinable
    public init(decoding value: PostgresValue) throws(PostgresDecodingError) {
        let raw: RawValue
        do throws(PostgresDecodingError) {
            // An enum's binary form is its label. Any other type's bytes would match none of the cases.
            raw = try RawValue(decoding: RawValue.self == String.self && value.type.isUnknown ? value.as(.text) : value)
        } catch {
            throw value.error(error.code, Self.self)
        }
        guard let decoded = Self(rawValue: raw) else { throw value.error(.unknownCase, Self.self) }
        self = decoded
    }
}

extension PostgresEncodable where Self: RawRepresentable, RawValue: PostgresEncodable {
    /// The type of the raw value; for strings the server decides, as they may be labels of a PostgreSQL enum.
    @inlinable public static var postgresType: PostgresType {
        RawValue.self == String.self ? .unspecified : RawValue.postgresType
    }

    /// The format of the raw value.
    @inlinable
    public static func postgresFormat(for type: PostgresType) -> PostgresFormat { RawValue.postgresFormat(for: type) }

    /// Appends the raw value.
    @inlinable
    public func encode(
        into writer: inout PostgresWriter, as type: PostgresType, in format: PostgresFormat
    ) throws(PostgresEncodingError) { try rawValue.encode(into: &writer, as: type, in: format) }
}
