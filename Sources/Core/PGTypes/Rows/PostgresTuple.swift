/// A composite value as a tuple: `PostgresTuple(1, "x")`, and `row["pair", as: PostgresTuple<Int, String?>.self].values`.
///
/// It can be sent only as a composite type that was looked up or, in text format, as the type the server expects:
/// PostgreSQL accepts no anonymous records.
public struct PostgresTuple<each Value> {
    /// The fields.
    public let values: (repeat each Value)

    /// Creates a tuple.
    @inlinable
    public init(_ values: repeat each Value) { self.values = (repeat each values) }
}

extension PostgresTuple: Sendable where repeat each Value: Sendable {}

extension PostgresTuple: PostgresDecodable where repeat each Value: PostgresDecodable {
    /// Reads a composite value with the same number of fields.
    @inlinable
    public init(decoding value: PostgresValue) throws(PostgresDecodingError) {
        values = try PostgresRow(decoding: value).decode((repeat each Value).self)
    }
}

extension PostgresTuple: PostgresEncodable where repeat each Value: PostgresEncodable {
    /// Left to the server.
    @inlinable public static var postgresType: PostgresType { .unspecified }

    /// Binary if every field is sent in binary.
    @inlinable
    public static func postgresFormat(for type: PostgresType) -> PostgresFormat {
        guard case .composite(let fields) = type.underlying.kind else { return .text }
        var index = 0
        for value in repeat (each Value).self {
            guard index < fields.count, value.postgresFormat(for: fields[index].type) == .binary else { return .text }
            index += 1
        }
        return .binary
    }

    /// Appends a composite value.
    @inlinable
    public func encode(
        into writer: inout PostgresWriter, as type: PostgresType, in format: PostgresFormat
    ) throws(PostgresEncodingError) {
        var fields: [PostgresType.Field]?
        if case .composite(let known) = type.underlying.kind { fields = known }
        var count = 0
        for _ in repeat each values { count += 1 }
        guard fields?.count ?? count == count, fields != nil || format == .text else {
            throw PostgresEncodingError(.typeMismatch, type: type, source: Self.self)
        }
        if format == .binary { writer.write(Int32(clamping: count)) } else { writer.write("(") }
        var index = 0
        for value in repeat each values {
            let type = fields?[index].type ?? .unspecified
            if format == .binary {
                try Self.appendBinary(value, type, to: &writer)
            } else {
                if index > 0 { writer.write(",") }
                try Self.appendText(value, type, to: &writer)
            }
            index += 1
        }
        if format == .text { writer.write(")") }
    }

    @inlinable
    static func appendBinary<T: PostgresEncodable>(
        _ value: T, _ type: PostgresType, to writer: inout PostgresWriter
    ) throws(PostgresEncodingError) {
        writer.write(type.oid)
        try writer.writeField(value, as: type, in: .binary)
    }

    @inlinable
    static func appendText<T: PostgresEncodable>(
        _ value: T, _ type: PostgresType, to writer: inout PostgresWriter
    ) throws(PostgresEncodingError) {
        if value.isPostgresNull { return }
        var text = PostgresWriter()
        try value.encode(into: &text, as: type, in: .text)
        CompositeText.append(text.bytes, to: &writer)
    }
}
