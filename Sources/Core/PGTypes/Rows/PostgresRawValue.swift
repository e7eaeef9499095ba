/// A value as received: its bytes, type and format. NULL is `nil` in an optional.
public struct PostgresRawValue: PostgresDecodable, Hashable, Sendable {
    /// The bytes, without their length.
    public let bytes: [UInt8]
    /// The type reported by the server.
    public let type: PostgresType
    /// The wire format.
    public let format: PostgresFormat

    /// Creates a value from bytes received elsewhere.
    public init(_ bytes: [UInt8], type: PostgresType, format: PostgresFormat) {
        self.bytes = bytes
        self.type = type
        self.format = format
    }

    /// Reads any value.
    public init(decoding value: PostgresValue) throws(PostgresDecodingError) {
        self.init(unsafe value.bytes.withUnsafeBytes { unsafe Array($0) }, type: value.type, format: value.format)
    }

    /// Decodes the value as another type.
    @inlinable
    public func decode<Value: PostgresDecodable>(_: Value.Type = Value.self) throws(PostgresDecodingError) -> Value {
        try Value(decoding: PostgresValue(unsafe bytes.span.bytes, type: type, format: format))
    }
}
