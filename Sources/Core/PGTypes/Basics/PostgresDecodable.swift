/// A type that can be decoded from a PostgreSQL value.
///
/// Most custom types decode a type that conforms already:
///
/// ```swift
/// struct Celsius: PostgresDecodable {
///     var degrees: Double
///     init(decoding value: PostgresValue) throws(PostgresDecodingError) { degrees = try Double(decoding: value) }
/// }
/// ```
///
/// An enum with raw values needs only the conformance, no code. A type with its own binary form conforms to
/// ``PostgresScalar``.
public protocol PostgresDecodable {
    /// Decodes a value that is not NULL.
    ///
    /// - Throws: an error made with ``PostgresValue/error(_:_:)``. The row adds the column.
    init(decoding value: PostgresValue) throws(PostgresDecodingError)

    /// Decodes NULL. Throws, unless the type can represent NULL, as optionals can.
    static func decodingNull(of type: PostgresType) throws(PostgresDecodingError) -> Self

    /// Decodes the next element of an array. Only array types need more than the default: they consume a dimension.
    init(elementOf array: inout PostgresArrayReader) throws(PostgresDecodingError)
}

extension PostgresDecodable {
    /// Always throws: the type cannot represent NULL.
    @inlinable
    public static func decodingNull(of type: PostgresType) throws(PostgresDecodingError) -> Self {
        throw PostgresDecodingError(.unexpectedNull, type: type, target: Self.self)
    }

    /// Decodes the next element, which must not be an array itself.
    @inlinable
    public init(elementOf array: inout PostgresArrayReader) throws(PostgresDecodingError) {
        self = try array.next(Self.self)
    }
}

/// A type that can be decoded from PostgreSQL values and encoded as one.
public typealias PostgresCodable = PostgresDecodable & PostgresEncodable
