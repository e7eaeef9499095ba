extension String: PostgresCodable {
    /// `text`. The server may accept it as any text-like type or enum or, in text format, as any type.
    @inlinable public static var postgresType: PostgresType { .text }

    /// Binary if the type's binary form is the text, otherwise text, which the server reads as the type it expects.
    @inlinable
    public static func postgresFormat(for type: PostgresType) -> PostgresFormat {
        type.isText || type.underlying == .json ? .binary : .text
    }

    /// Reads any text-like type, enums, XML, JSON, `jsonpath`, `tsvector`, `tsquery`; in text format, every type.
    @inlinable
    public init(decoding value: PostgresValue) throws(PostgresDecodingError) {
        if value.format == .text || value.type.isText {
            guard let text = String(utf8: value.bytes) else { throw value.error(.invalidText, Self.self) }
            self = text
        } else {
            self = try String(decodingOther: value)
        }
    }

    @usableFromInline
    init(decodingOther value: PostgresValue) throws(PostgresDecodingError) {
        let type = value.type.underlying
        var reader = PostgresReader(value, for: String.self)
        switch type {
        case .jsonb, .jsonpath:
            // A version byte, then the text.
            guard try reader.integer(UInt8.self) == 1 else { throw reader.malformed }
            self = try value.as(.text).droppingFirst().text(for: String.self)
        case .quotedChar:
            self = QuotedChar(value: try reader.integer()).text
            try reader.finish()
        case .tsvector: self = try PostgresTSVector(decoding: value).description
        case .tsquery: self = try PostgresTSQuery(decoding: value).description
        default: throw value.error(.typeMismatch, String.self)
        }
    }

    /// Appends the text.
    @inlinable
    public func encode(
        into writer: inout PostgresWriter, as type: PostgresType, in format: PostgresFormat
    ) throws(PostgresEncodingError) {
        if hasZeroByte { throw PostgresEncodingError(.zeroByte, type: type, source: Self.self) }
        // The usual type first: `text`.
        if format == .binary, type.oid != 25 {
            let type = type.underlying
            if type == .jsonb || type == .jsonpath {
                writer.write(UInt8(1))
            } else if !type.isText {
                throw PostgresEncodingError(.typeMismatch, type: type, source: Self.self)
            }
        }
        writer.write(self)
    }
}

extension String {
    /// Whether there is a zero byte. Checks every byte instead of stopping at the first zero, which is faster for text
    /// that has none: nearly all.
    @inlinable var hasZeroByte: Bool {
        unsafe utf8.withContiguousStorageIfAvailable { bytes in
            unsafe bytes.reduce(UInt8(0)) { $0 | ($1 == 0 ? 1 : 0) } != 0
        } ?? utf8.contains(0)
    }
}

extension PostgresValue {
    @_lifetime(copy self)
    func droppingFirst() -> PostgresValue {
        PostgresValue(bytes.extracting(droppingFirst: 1), type: type, format: format)
    }
}

extension Substring: PostgresEncodable {
    /// `text`.
    @inlinable public static var postgresType: PostgresType { .text }

    /// The same format as for `String`.
    @inlinable
    public static func postgresFormat(for type: PostgresType) -> PostgresFormat { String.postgresFormat(for: type) }

    /// Appends the text.
    @inlinable
    public func encode(
        into writer: inout PostgresWriter, as type: PostgresType, in format: PostgresFormat
    ) throws(PostgresEncodingError) { try String(self).encode(into: &writer, as: type, in: format) }
}
