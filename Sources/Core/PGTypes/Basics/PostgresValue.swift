/// One value on its way in: bytes that lie in a row, their type and their format.
///
/// It cannot outlive the row it lies in, and nothing is copied to make one. SQL NULL is never such a value, see
/// ``PostgresDecodable/decodingNull(of:)``.
public struct PostgresValue: ~Escapable {
    /// The value as it was received, without its length word.
    public let bytes: RawSpan
    /// What the server says it is.
    public let type: PostgresType
    /// How it is written.
    public let format: PostgresFormat

    /// A value that lies in `bytes`.
    @inlinable
    @_lifetime(copy bytes)
    public init(_ bytes: RawSpan, type: PostgresType, format: PostgresFormat) {
        self.bytes = bytes
        self.type = type
        self.format = format
    }

    /// The same bytes as another type: a domain's as its base type's.
    @inlinable
    @_lifetime(copy self)
    public func `as`(_ type: PostgresType) -> PostgresValue { PostgresValue(bytes, type: type, format: format) }

    /// The bytes as text.
    ///
    /// - Throws: ``PostgresDecodingError/Code/invalidText`` if they are not UTF-8. Nothing is repaired.
    @inlinable
    public func text<Target>(for target: Target.Type) throws(PostgresDecodingError) -> String {
        guard let text = String(utf8: bytes) else { throw error(.invalidText, target) }
        return text
    }

    /// An error that names this value's type and format, and what it was to become.
    public func error<Target>(_ code: PostgresDecodingError.Code, _ target: Target.Type) -> PostgresDecodingError {
        PostgresDecodingError(code, type: type, format: format, target: target)
    }
}

extension String {
    /// Bytes that must be UTF-8.
    @inlinable
    init?(utf8 bytes: RawSpan) {
        // Not `String(validating:as:)`, which takes 100 ns where this takes 20.
        let text: String? = unsafe bytes.withUnsafeBytes { bytes in
            let units = unsafe bytes.assumingMemoryBound(to: UInt8.self)
            guard let text = try? UTF8Span(validating: unsafe units.span) else { return nil }
            return String(copying: text)
        }
        guard let text else { return nil }
        self = text
    }
}
