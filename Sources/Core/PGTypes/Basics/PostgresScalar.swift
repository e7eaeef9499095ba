/// A value with one binary form, and a text form that reads back as the same value.
///
/// For types that are not composed of others. The text form, from `LosslessStringConvertible`, must be one that
/// PostgreSQL prints and reads with its default settings (`DateStyle` ISO, `IntervalStyle` postgres). `Codable` writes
/// the text form too, in JSON for instance.
public protocol PostgresScalar: PostgresDecodable, PostgresEncodable, LosslessStringConvertible, Codable, Hashable,
    Sendable
{
    /// Whether values of `type` have the binary form that ``init(binary:)`` reads and ``write(binary:)`` writes.
    static func accepts(_ type: PostgresType) -> Bool

    /// Reads the binary form; the caller checks that no bytes are left.
    init(binary reader: inout PostgresReader) throws(PostgresDecodingError)

    /// Appends the binary form.
    func write(binary writer: inout PostgresWriter)
}

extension PostgresScalar {
    /// Whether `type` equals ``PostgresEncodable/postgresType``.
    @inlinable
    public static func accepts(_ type: PostgresType) -> Bool { type == postgresType }

    /// Reads either format.
    @inlinable
    public init(decoding value: PostgresValue) throws(PostgresDecodingError) {
        let type = value.type.underlying
        guard Self.accepts(type) || value.format == .text && type.isUnknown else {
            throw value.error(.typeMismatch, Self.self)
        }
        if value.format == .binary {
            var reader = PostgresReader(value, for: Self.self)
            self = try Self(binary: &reader)
            try reader.finish()
        } else {
            guard let decoded = Self(try value.text(for: Self.self)) else { throw value.error(.malformed, Self.self) }
            self = decoded
        }
    }

    /// Writes either format.
    @inlinable
    public func encode(
        into writer: inout PostgresWriter, as type: PostgresType, in format: PostgresFormat
    ) throws(PostgresEncodingError) {
        if format == .text {
            writer.write(description)
        } else {
            guard Self.accepts(type.underlying) else {
                throw PostgresEncodingError(.typeMismatch, type: type, source: Self.self)
            }
            write(binary: &writer)
        }
    }
}

extension PostgresScalar {
    /// Reads the text form from a single-value container. Rows do not use this: they decode either format.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = Self(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not the text form of \(Self.self)")
        }
        self = value
    }

    /// Writes the text form to a single-value container.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
