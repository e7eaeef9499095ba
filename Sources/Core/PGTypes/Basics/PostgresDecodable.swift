/// A type that values of PostgreSQL can become.
///
/// A type of your own most often goes through one that exists:
///
/// ```swift
/// struct Celsius: PostgresDecodable {
///     var degrees: Double
///     init(decoding value: PostgresValue) throws(PostgresDecodingError) { degrees = try Double(decoding: value) }
/// }
/// ```
///
/// An enum with raw values needs no code, only the conformance. A type with a binary form of its own conforms to
/// ``PostgresScalar``.
public protocol PostgresDecodable {
    /// What the value means as this type.
    ///
    /// - Throws: an error of ``PostgresValue/error(_:_:)``. The row adds the column.
    init(decoding value: PostgresValue) throws(PostgresDecodingError)

    /// What NULL means as this type: an error, unless the type has a place for it as optionals do.
    static func decodingNull(of type: PostgresType) throws(PostgresDecodingError) -> Self

    /// The next element of an array. Only array types do more than their default: they take a dimension.
    init(elementOf array: inout PostgresArrayReader) throws(PostgresDecodingError)
}

extension PostgresDecodable {
    /// Always throws: there is no place for NULL.
    @inlinable
    public static func decodingNull(of type: PostgresType) throws(PostgresDecodingError) -> Self {
        throw PostgresDecodingError(.unexpectedNull, type: type, target: Self.self)
    }

    /// The next element, which must not be an array itself.
    @inlinable
    public init(elementOf array: inout PostgresArrayReader) throws(PostgresDecodingError) {
        self = try array.next(Self.self)
    }
}

/// Both directions.
public typealias PostgresCodable = PostgresDecodable & PostgresEncodable
