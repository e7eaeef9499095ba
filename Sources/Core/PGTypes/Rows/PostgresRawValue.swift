/// Any value as it was received: its bytes, its type and its format. NULL is `nil` in an optional.
public struct PostgresRawValue: PostgresDecodable, Hashable, Sendable {
    /// The bytes, without their length.
    public let bytes: [UInt8]
    /// What the server says it is.
    public let type: PostgresType
    /// How it is written.
    public let format: PostgresFormat

    /// A value that was received elsewhere.
    public init(_ bytes: [UInt8], type: PostgresType, format: PostgresFormat) {
        self.bytes = bytes
        self.type = type
        self.format = format
    }

    /// Reads everything.
    public init(decoding value: PostgresValue) throws(PostgresDecodingError) {
        self.init(unsafe value.bytes.withUnsafeBytes { unsafe Array($0) }, type: value.type, format: value.format)
    }

    /// What the value means as another type.
    @inlinable
    public func decode<Value: PostgresDecodable>(_: Value.Type = Value.self) throws(PostgresDecodingError) -> Value {
        try Value(decoding: PostgresValue(unsafe bytes.span.bytes, type: type, format: format))
    }
}
