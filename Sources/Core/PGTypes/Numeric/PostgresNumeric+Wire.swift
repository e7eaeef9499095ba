/// Sent and received as `numeric`. In binary:
///
///     Int16 digit count | Int16 weight | UInt16 sign | UInt16 scale | digit count × Int16, to the base 10000
///
/// Source: PostgreSQL, src/backend/utils/adt/numeric.c, numeric_send
extension PostgresNumeric: PostgresScalar {
    /// `numeric`.
    @inlinable public static var postgresType: PostgresType { .numeric }

    /// `numeric` and the integer types.
    public static func accepts(_ type: PostgresType) -> Bool {
        type == .numeric
    }

    /// Reads `numeric` and integers.
    public init(decoding value: PostgresValue) throws(PostgresDecodingError) {
        switch value.type.underlying {
        case .int2, .int4, .int8: self.init(try Int64(decoding: value))
        case .numeric where value.format == .binary:
            var reader = PostgresReader(value, for: Self.self)
            self = try PostgresNumeric(binary: &reader)
            try reader.finish()
        case let type where value.format == .text && (type == .numeric || type.isUnknown):
            guard let decoded = Self(try value.text(for: Self.self)) else { throw value.error(.malformed, Self.self) }
            self = decoded
        default: throw value.error(.typeMismatch, Self.self)
        }
    }

    /// Reads the binary form.
    public init(binary reader: inout PostgresReader) throws(PostgresDecodingError) {
        let count = Int(try reader.integer(UInt16.self))
        let weight = Int(try reader.integer(Int16.self))
        guard let sign = Sign(rawValue: try reader.integer()) else { throw reader.malformed }
        let scale = Int(try reader.integer(UInt16.self))
        guard reader.remaining == 2 * count else { throw reader.malformed }
        var digits: [UInt16] = []
        digits.reserveCapacity(count)
        for _ in 0..<count {
            let digit: UInt16 = try reader.integer()
            guard digit < 10_000 else { throw reader.malformed }
            digits.append(digit)
        }
        switch sign {
        case .nan: self = .nan
        case .infinity: self = .infinity
        case .minusInfinity: self = .minusInfinity
        case .positive, .negative:
            let isNegative = sign == .negative
            guard let numeric = Self(isNegative: isNegative, weight: weight, digits: digits, scale: scale) else {
                throw reader.malformed
            }
            self = numeric
        }
    }

    /// Appends the binary form.
    public func write(binary writer: inout PostgresWriter) {
        writer.write(UInt16(truncatingIfNeeded: digits.count))
        writer.write(Int16(truncatingIfNeeded: weight))
        writer.write(sign.rawValue)
        writer.write(UInt16(truncatingIfNeeded: sign == .infinity || sign == .minusInfinity ? 0x20 : scale))
        for digit in digits { writer.write(digit) }
    }
}
