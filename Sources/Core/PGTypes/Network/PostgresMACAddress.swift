/// An Ethernet address: PostgreSQL's `macaddr`.
public struct PostgresMACAddress: Hashable, Sendable {
    /// Six bytes, as one number.
    public let bits: UInt64

    /// Creates an address from the lower 48 bits of a number.
    public init(bits: UInt64) { self.bits = bits & 0xFFFF_FFFF_FFFF }
}

extension PostgresMACAddress: PostgresScalar {
    /// `macaddr`.
    @inlinable public static var postgresType: PostgresType { .macaddr }

    /// Reads the binary form: six bytes.
    public init(binary reader: inout PostgresReader) throws(PostgresDecodingError) {
        var bits: UInt64 = 0
        for _ in 0..<6 { bits = bits << 8 | UInt64(try reader.integer(UInt8.self)) }
        self.init(bits: bits)
    }

    /// Appends the binary form: six bytes.
    public func write(binary writer: inout PostgresWriter) { for byte in bytes { writer.write(byte) } }

    /// Reads `08:00:2b:01:02:03`.
    public init?(_ description: String) {
        guard let bits = description.scanned({ MACAddressText.read(&$0, count: 6) }) else { return nil }
        self.init(bits: bits)
    }

    /// As PostgreSQL writes it.
    public var description: String { MACAddressText.write(bytes) }

    private var bytes: [UInt8] { (0..<6).map { UInt8(truncatingIfNeeded: bits >> UInt64(8 * (6 - 1 - $0))) } }
}
