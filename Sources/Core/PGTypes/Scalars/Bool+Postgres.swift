extension Bool: PostgresCodable {
    /// `bool`.
    @inlinable public static var postgresType: PostgresType { .bool }

    /// Reads `bool`: a byte, or `t` and `f`.
    @inlinable
    public init(decoding value: PostgresValue) throws(PostgresDecodingError) {
        let type = value.type.underlying
        guard type == .bool || value.format == .text && type.isUnknown else {
            throw value.error(.typeMismatch, Self.self)
        }
        guard value.bytes.byteCount == 1 else { throw value.error(.malformed, Self.self) }
        switch (value.format, unsafe value.bytes.unsafeLoad(as: UInt8.self)) {
        case (.binary, 0), (.text, UInt8(ascii: "f")): self = false
        case (.binary, 1), (.text, UInt8(ascii: "t")): self = true
        default: throw value.error(.malformed, Self.self)
        }
    }

    /// Appends a byte, or `t` and `f`.
    @inlinable
    public func encode(
        into writer: inout PostgresWriter, as type: PostgresType, in format: PostgresFormat
    ) throws(PostgresEncodingError) {
        if format == .text { return writer.write(self ? "t" : "f") }
        guard type.underlying == .bool else {
            throw PostgresEncodingError(.typeMismatch, type: type, source: Self.self)
        }
        writer.write(UInt8(self ? 1 : 0))
    }
}
