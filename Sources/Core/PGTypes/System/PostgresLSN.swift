/// A position in the write-ahead log: PostgreSQL's `pg_lsn`. The binary form is one `Int64`.
public struct PostgresLSN: Hashable, Sendable {
    /// The byte offset from the start of the log.
    public var position: UInt64

    /// Creates a position from its byte offset.
    public init(position: UInt64) {
        self.position = position
    }
}

extension PostgresLSN: PostgresScalar {
    /// `pgLSN`.
    @inlinable public static var postgresType: PostgresType { .pgLSN }

    /// Reads the binary form.
    public init(binary reader: inout PostgresReader) throws(PostgresDecodingError) {
        self.init(position: try reader.integer())
    }

    /// Appends the binary form.
    public func write(binary writer: inout PostgresWriter) {
        writer.write(position)
    }

    /// Reads the text form.
    public init?(_ description: String) {
        guard let value = description.scanned({ Self(scanning: &$0) }) else { return nil }
        self = value
    }

    private init?(scanning cursor: inout TextCursor) {
        guard let high = UInt32(cursor.bytes(while: { ByteaText.digit($0) != nil }), radix: 16),
            cursor.skip(UInt8(ascii: "/")),
            let low = UInt32(cursor.bytes(while: { ByteaText.digit($0) != nil }), radix: 16)
        else { return nil }
        self.init(position: UInt64(high) << 32 | UInt64(low))
    }

    /// As PostgreSQL writes it: `16/B374D848`.
    public var description: String { "\(position.upperWord)/\(position.lowerWord)" }
}

extension PostgresLSN: Comparable {
    /// Whether it is earlier in the log.
    public static func < (left: PostgresLSN, right: PostgresLSN) -> Bool { left.position < right.position }
}

extension UInt64 {
    fileprivate var upperWord: String { String(self >> 32, radix: 16, uppercase: true) }
    fileprivate var lowerWord: String { String(UInt32(truncatingIfNeeded: self), radix: 16, uppercase: true) }
}

extension UInt32 {
    fileprivate init?(_ digits: [UInt8], radix: Int) {
        self.init(String(decoding: digits, as: UTF8.self), radix: radix)
    }
}
