/// A type whose values can be sent to PostgreSQL.
///
/// The server decides the type of a parameter; ``postgresType`` is only a proposal. An `Int` is proposed as `int8`, and
/// can also be sent as `int2`, `numeric` or `float8` if the value fits. Most custom types encode a type that conforms
/// already:
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
    /// The type to propose; ``PostgresType/unspecified`` leaves the choice to the server.
    static var postgresType: PostgresType { get }

    /// The format in which values are sent as `type`. By default ``PostgresType/preferredFormat``.
    static func postgresFormat(for type: PostgresType) -> PostgresFormat

    /// Whether the value is NULL. By default `false`.
    var isPostgresNull: Bool { get }

    /// Appends the value, without a length word.
    ///
    /// - Throws: ``PostgresEncodingError`` if the value cannot be sent as `type`; the caller must discard what was
    ///   appended.
    func encode(
        into writer: inout PostgresWriter, as type: PostgresType, in format: PostgresFormat
    ) throws(PostgresEncodingError)

    /// Appends the value to an array. Only array types need more than the default: they consume a dimension.
    func encodeElement(into array: inout PostgresArrayWriter) throws(PostgresEncodingError)

    /// The number of array dimensions that the type consumes. By default 0.
    static var arrayNesting: Int { get }
}

extension PostgresEncodable {
    /// ``PostgresType/preferredFormat``.
    @inlinable
    public static func postgresFormat(for type: PostgresType) -> PostgresFormat { type.preferredFormat }

    /// `false`.
    @inlinable public var isPostgresNull: Bool { false }

    /// Appends one element that is not an array.
    @inlinable
    public func encodeElement(into array: inout PostgresArrayWriter) throws(PostgresEncodingError) {
        try array.append(self)
    }

    /// 0: not an array.
    @inlinable public static var arrayNesting: Int { 0 }
}
