/// A set of ranges: PostgreSQL's multirange types, since version 14.
///
///     Int32 count | count × (Int32 length | range)
///
/// Source: PostgreSQL, src/backend/utils/adt/multirangetypes.c, multirange_send
public struct PostgresMultirange<Bound> {
    /// The ranges. The server returns them sorted and disjoint, and accepts any.
    public var ranges: [PostgresRange<Bound>]

    /// Creates a multirange.
    public init(_ ranges: [PostgresRange<Bound>]) { self.ranges = ranges }
}

extension PostgresMultirange: Sendable where Bound: Sendable {}
extension PostgresMultirange: Equatable where Bound: Equatable {}
extension PostgresMultirange: Hashable where Bound: Hashable {}

extension PostgresMultirange: PostgresDecodable where Bound: PostgresDecodable {
    /// Reads a multirange whose bounds can be decoded.
    public init(decoding value: PostgresValue) throws(PostgresDecodingError) {
        let type = value.type.underlying
        guard case .multirange(let rangeType) = type.kind else { throw value.error(.typeMismatch, Self.self) }
        if value.format == .binary {
            ranges = try Self.read(value, rangeType)
            return
        }
        // Each range is written as text again, for its own type to read.
        guard let converted = RangeText.multirangeToBinaryLayout(value.bytes) else {
            throw value.error(.malformed, Self.self)
        }
        ranges = try Self.read(PostgresValue(unsafe converted.span.bytes, type: type, format: .text), rangeType)
    }

    private static func read(_ value: PostgresValue, _ type: PostgresType) throws(PostgresDecodingError)
        -> [PostgresRange<Bound>]
    {
        var reader = PostgresReader(value, for: Self.self)
        let count = Int(try reader.integer(Int32.self))
        // The shortest range is a length word and the flags.
        guard count >= 0, count <= reader.remaining / 5 else { throw reader.malformed }
        var ranges: [PostgresRange<Bound>] = []
        ranges.reserveCapacity(count)
        for _ in 0..<count {
            guard let bytes = try reader.lengthPrefixed() else { throw reader.malformed }
            let value = PostgresValue(bytes, type: type, format: value.format)
            ranges.append(try PostgresRange(binaryLayout: value))
        }
        try reader.finish()
        return ranges
    }
}

extension PostgresMultirange: PostgresEncodable where Bound: PostgresEncodable {
    /// The multirange type over the bounds' type.
    public static var postgresType: PostgresType { Bound.postgresType.range?.multirange ?? .unspecified }

    /// The format of the bounds.
    public static func postgresFormat(for type: PostgresType) -> PostgresFormat {
        type.underlying.bound.map(Bound.postgresFormat(for:)) ?? type.preferredFormat
    }

    /// Appends a multirange.
    public func encode(
        into writer: inout PostgresWriter, as type: PostgresType, in format: PostgresFormat
    ) throws(PostgresEncodingError) {
        let kind = type.underlying.kind
        let rangeType: PostgresType
        if case .multirange(let range) = kind {
            rangeType = range
        } else if format == .text {
            rangeType = .unspecified
        } else {
            throw PostgresEncodingError(.typeMismatch, type: type, source: Self.self)
        }
        if format == .text {
            writer.write("{")
            for (index, range) in ranges.enumerated() {
                if index > 0 { writer.write(",") }
                try range.encode(into: &writer, as: rangeType, in: .text)
            }
            return writer.write("}")
        }
        writer.write(Int32(clamping: ranges.count))
        for range in ranges {
            try writer.lengthPrefixed { (writer) throws(PostgresEncodingError) in
                try range.encode(into: &writer, as: rangeType, in: .binary)
            }
        }
    }
}
