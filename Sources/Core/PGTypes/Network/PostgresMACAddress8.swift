/// An EUI-64 address: PostgreSQL's `macaddr8`.
public struct PostgresMACAddress8: Hashable, Sendable {
    /// Eight bytes, as one number.
    public let bits: UInt64

    /// Creates an address from its number.
    public init(bits: UInt64) { self.bits = bits }
}

extension PostgresMACAddress8: PostgresScalar {
    /// `macaddr8`.
    @inlinable public static var postgresType: PostgresType { .macaddr8 }

    /// Reads the binary form: eight bytes.
    public init(binary reader: inout PostgresReader) throws(PostgresDecodingError) {
        var bits: UInt64 = 0
        for _ in 0..<8 { bits = bits << 8 | UInt64(try reader.integer(UInt8.self)) }
        self.init(bits: bits)
    }

    /// Appends the binary form: eight bytes.
    public func write(binary writer: inout PostgresWriter) { for byte in bytes { writer.write(byte) } }

    /// Reads `08:00:2b:01:02:03:04:05`.
    public init?(_ description: String) {
        guard let bits = description.scanned({ MACAddressText.read(&$0, count: 8) }) else { return nil }
        self.init(bits: bits)
    }

    /// As PostgreSQL writes it.
    public var description: String { MACAddressText.write(bytes) }

    private var bytes: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: bits >> UInt64(8 * (8 - 1 - $0))) } }
}
