/// A type whose values can be sent to PostgreSQL.
///
/// The server decides what a parameter is; ``postgresType`` is only what we propose. An `Int` is proposed as `int8` and
/// also goes as `int2`, `numeric` or `float8` where it fits. A type of your own most often goes through one that exists:
///
/// ```swift
/// extension Celsius: PostgresEncodable {
///     static var postgresType: PostgresType { .float8 }
///     func encode(into writer: inout PostgresWriter, as type: PostgresType, in format: PostgresFormat)
///         throws(PostgresEncodingError)
///     { try degrees.encode(into: &writer, as: type, in: format) }
/// }
/// ```
public protocol PostgresEncodable {
    /// The type to propose; ``PostgresType/unspecified`` leaves it to the server.
    static var postgresType: PostgresType { get }

    /// The format in which values are sent as `type`. By default ``PostgresType/preferredFormat``.
    static func postgresFormat(for type: PostgresType) -> PostgresFormat

    /// Whether this is NULL. By default `false`.
    var isPostgresNull: Bool { get }

    /// Appends the value, without a length word.
    ///
    /// - Throws: ``PostgresEncodingError`` if it is no value of that type; what was appended is then to be dropped.
    func encode(
        into writer: inout PostgresWriter, as type: PostgresType, in format: PostgresFormat
    ) throws(PostgresEncodingError)

    /// Appends the value to an array. Only array types do more than their default: they take a dimension.
    func encodeElement(into array: inout PostgresArrayWriter) throws(PostgresEncodingError)

    /// How many dimensions of an array the type takes. By default 0.
    static var arrayNesting: Int { get }
}

extension PostgresEncodable {
    /// ``PostgresType/preferredFormat``.
    @inlinable
    public static func postgresFormat(for type: PostgresType) -> PostgresFormat { type.preferredFormat }

    /// `false`.
    @inlinable public var isPostgresNull: Bool { false }

    /// Appends one element that is no array.
    @inlinable
    public func encodeElement(into array: inout PostgresArrayWriter) throws(PostgresEncodingError) {
        try array.append(self)
    }

    /// 0: not an array.
    @inlinable public static var arrayNesting: Int { 0 }
}
