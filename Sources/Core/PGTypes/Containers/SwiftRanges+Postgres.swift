// Swift's ranges, for PostgreSQL's ranges that have both bounds.

extension Range: PostgresDecodable where Bound: PostgresDecodable {
    /// Reads `[1,5)`.
    ///
    /// - Throws: `outOfRange` for ranges with other ends; ``PostgresRange`` reads all. The empty range has no bounds in
    ///   PostgreSQL, and is rejected likewise.
    public init(decoding value: PostgresValue) throws(PostgresDecodingError) {
        guard case .between(.inclusive(let lower), .exclusive(let upper)) = try PostgresRange<Bound>(decoding: value),
            lower <= upper
        else { throw value.error(.outOfRange, Self.self) }
        self = lower..<upper
    }
}

extension ClosedRange: PostgresDecodable where Bound: PostgresDecodable & Strideable, Bound.Stride: SignedInteger {
    /// Reads `[1,5]` and `[1,6)`.
    ///
    /// - Throws: `outOfRange` for ranges with other ends, and the empty range.
    public init(decoding value: PostgresValue) throws(PostgresDecodingError) {
        switch try PostgresRange<Bound>(decoding: value) {
        case .between(.inclusive(let lower), .inclusive(let upper)) where lower <= upper: self = lower...upper
        case .between(.inclusive(let lower), .exclusive(let upper)) where lower < upper:
            // The upper bound is greater than the lower, so it has a predecessor.
            self = lower...upper.advanced(by: -1)
        default: throw value.error(.outOfRange, Self.self)
        }
    }
}

extension Range: PostgresEncodable where Bound: PostgresEncodable {
    /// The range type over the bounds' type.
    public static var postgresType: PostgresType { PostgresRange<Bound>.postgresType }

    /// The format of the bounds.
    public static func postgresFormat(for type: PostgresType) -> PostgresFormat {
        PostgresRange<Bound>.postgresFormat(for: type)
    }

    /// Appends the range.
    public func encode(
        into writer: inout PostgresWriter, as type: PostgresType, in format: PostgresFormat
    ) throws(PostgresEncodingError) {
        try PostgresRange(self).encode(into: &writer, as: type, in: format)
    }
}

extension ClosedRange: PostgresEncodable where Bound: PostgresEncodable {
    /// The range type over the bounds' type.
    public static var postgresType: PostgresType { PostgresRange<Bound>.postgresType }

    /// The format of the bounds.
    public static func postgresFormat(for type: PostgresType) -> PostgresFormat {
        PostgresRange<Bound>.postgresFormat(for: type)
    }

    /// Appends the range.
    public func encode(
        into writer: inout PostgresWriter, as type: PostgresType, in format: PostgresFormat
    ) throws(PostgresEncodingError) {
        try PostgresRange(self).encode(into: &writer, as: type, in: format)
    }
}

extension PartialRangeFrom: PostgresEncodable where Bound: PostgresEncodable {
    /// The range type over the bounds' type.
    public static var postgresType: PostgresType { PostgresRange<Bound>.postgresType }

    /// The format of the bounds.
    public static func postgresFormat(for type: PostgresType) -> PostgresFormat {
        PostgresRange<Bound>.postgresFormat(for: type)
    }

    /// Appends the range.
    public func encode(
        into writer: inout PostgresWriter, as type: PostgresType, in format: PostgresFormat
    ) throws(PostgresEncodingError) {
        try PostgresRange.between(lower: .inclusive(lowerBound), upper: .unbounded).encode(
            into: &writer, as: type, in: format)
    }
}

extension PartialRangeUpTo: PostgresEncodable where Bound: PostgresEncodable {
    /// The range type over the bounds' type.
    public static var postgresType: PostgresType { PostgresRange<Bound>.postgresType }

    /// The format of the bounds.
    public static func postgresFormat(for type: PostgresType) -> PostgresFormat {
        PostgresRange<Bound>.postgresFormat(for: type)
    }

    /// Appends the range.
    public func encode(
        into writer: inout PostgresWriter, as type: PostgresType, in format: PostgresFormat
    ) throws(PostgresEncodingError) {
        try PostgresRange.between(lower: .unbounded, upper: .exclusive(upperBound)).encode(
            into: &writer, as: type, in: format)
    }
}

extension PartialRangeThrough: PostgresEncodable where Bound: PostgresEncodable {
    /// The range type over the bounds' type.
    public static var postgresType: PostgresType { PostgresRange<Bound>.postgresType }

    /// The format of the bounds.
    public static func postgresFormat(for type: PostgresType) -> PostgresFormat {
        PostgresRange<Bound>.postgresFormat(for: type)
    }

    /// Appends the range.
    public func encode(
        into writer: inout PostgresWriter, as type: PostgresType, in format: PostgresFormat
    ) throws(PostgresEncodingError) {
        try PostgresRange.between(lower: .unbounded, upper: .inclusive(upperBound)).encode(
            into: &writer, as: type, in: format)
    }
}
