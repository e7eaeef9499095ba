/// A value or NULL.
extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    /// Reads a value.
    @inlinable
    public init(decoding value: PostgresValue) throws(PostgresDecodingError) { self = try Wrapped(decoding: value) }

    /// `nil`.
    @inlinable
    public static func decodingNull(of type: PostgresType) throws(PostgresDecodingError) -> Wrapped? { nil }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    /// The type of the wrapped value.
    @inlinable public static var postgresType: PostgresType { Wrapped.postgresType }

    /// The format of the wrapped value.
    @inlinable
    public static func postgresFormat(for type: PostgresType) -> PostgresFormat { Wrapped.postgresFormat(for: type) }

    /// Whether this is `nil`, or a value that is NULL.
    @inlinable public var isPostgresNull: Bool { self?.isPostgresNull ?? true }

    /// Appends the value; nothing for `nil`.
    @inlinable
    public func encode(
        into writer: inout PostgresWriter, as type: PostgresType, in format: PostgresFormat
    ) throws(PostgresEncodingError) { try self?.encode(into: &writer, as: type, in: format) }
}
