/// The flags in the binary form of a range:
///
///     UInt8 flags | Int32 length and lower bound, if there is one | Int32 length and upper bound, if there is one
///
/// Source: PostgreSQL, src/backend/utils/adt/rangetypes.c, range_send; flags of src/include/utils/rangetypes.h
@usableFromInline
enum RangeFlags {
    static let empty: UInt8 = 0x01, lowerInclusive: UInt8 = 0x02, upperInclusive: UInt8 = 0x04
    static let lowerInfinite: UInt8 = 0x08, upperInfinite: UInt8 = 0x10
}

extension PostgresRange: PostgresDecodable where Bound: PostgresDecodable {
    /// Reads a range whose bounds can be decoded.
    public init(decoding value: PostgresValue) throws(PostgresDecodingError) {
        let type = value.type.underlying
        guard case .range(let boundType) = type.kind else {
            guard value.format == .text, type.isUnknown else { throw value.error(.typeMismatch, Self.self) }
            self = try Self(text: value, bound: .unspecified)
            return
        }
        if value.format == .text {
            self = try Self(text: value, bound: boundType)
        } else {
            self = try Self(binaryLayout: value, bound: boundType, format: .binary)
        }
    }

    private init(text value: PostgresValue, bound: PostgresType) throws(PostgresDecodingError) {
        guard let converted = RangeText.toBinaryLayout(value.bytes) else { throw value.error(.malformed, Self.self) }
        let value = PostgresValue(unsafe converted.span.bytes, type: value.type, format: .text)
        self = try Self(binaryLayout: value, bound: bound, format: .text)
    }

    /// Reads a range in the binary layout, whatever the format of its bounds.
    init(binaryLayout value: PostgresValue) throws(PostgresDecodingError) {
        guard let bound = value.type.bound else { throw value.error(.typeMismatch, Self.self) }
        self = try Self(binaryLayout: value, bound: bound, format: value.format)
    }

    private init(binaryLayout value: PostgresValue, bound: PostgresType, format: PostgresFormat)
        throws(PostgresDecodingError)
    {
        var reader = PostgresReader(value, for: Self.self)
        let flags: UInt8 = try reader.integer()
        guard flags < 0x20 else { throw reader.malformed }
        if flags & RangeFlags.empty != 0 {
            self = .empty
            try reader.finish()
            return
        }
        let lower = try Self.end(
            &reader, flags & RangeFlags.lowerInfinite != 0, flags & RangeFlags.lowerInclusive != 0, bound, format)
        let upper = try Self.end(
            &reader, flags & RangeFlags.upperInfinite != 0, flags & RangeFlags.upperInclusive != 0, bound, format)
        try reader.finish()
        self = .between(lower: lower, upper: upper)
    }

    private static func end(
        _ reader: inout PostgresReader, _ isInfinite: Bool, _ isInclusive: Bool, _ type: PostgresType,
        _ format: PostgresFormat
    ) throws(PostgresDecodingError) -> End {
        if isInfinite { return .unbounded }
        guard let bytes = try reader.lengthPrefixed() else { throw reader.malformed }
        let bound = try Bound(decoding: PostgresValue(bytes, type: type, format: format))
        return isInclusive ? .inclusive(bound) : .exclusive(bound)
    }
}

extension PostgresRange: PostgresEncodable where Bound: PostgresEncodable {
    /// The range type over the bounds' type.
    public static var postgresType: PostgresType { Bound.postgresType.range ?? .unspecified }

    /// The format of the bounds.
    public static func postgresFormat(for type: PostgresType) -> PostgresFormat {
        type.underlying.bound.map(Bound.postgresFormat(for:)) ?? type.preferredFormat
    }

    /// Appends a range.
    public func encode(
        into writer: inout PostgresWriter, as type: PostgresType, in format: PostgresFormat
    ) throws(PostgresEncodingError) {
        let kind = type.underlying.kind
        let boundType: PostgresType
        if case .range(let bound) = kind {
            boundType = bound
        } else if format == .text {
            boundType = .unspecified
        } else {
            throw PostgresEncodingError(.typeMismatch, type: type, source: Self.self)
        }
        if format == .text { return try encodeText(into: &writer, boundType) }
        guard case .between(let lower, let upper) = self else { return writer.write(RangeFlags.empty) }
        var flags = lower.bound == nil ? RangeFlags.lowerInfinite : lower.isInclusive ? RangeFlags.lowerInclusive : 0
        flags |= upper.bound == nil ? RangeFlags.upperInfinite : upper.isInclusive ? RangeFlags.upperInclusive : 0
        writer.write(flags)
        for case let bound? in [lower.bound, upper.bound] {
            try writer.lengthPrefixed { (writer) throws(PostgresEncodingError) in
                try bound.encode(into: &writer, as: boundType, in: .binary)
            }
        }
    }

    private func encodeText(into writer: inout PostgresWriter, _ type: PostgresType) throws(PostgresEncodingError) {
        guard case .between(let lower, let upper) = self else { return writer.write("empty") }
        writer.write(lower.isInclusive ? "[" : "(")
        if let bound = lower.bound { try RangeText.append(bound, type, to: &writer) }
        writer.write(",")
        if let bound = upper.bound { try RangeText.append(bound, type, to: &writer) }
        writer.write(upper.isInclusive ? "]" : ")")
    }
}
