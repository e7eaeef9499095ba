/// A host address with the length of its network prefix: PostgreSQL's `inet`.
///
///     UInt8 family, 2 or 3 | UInt8 prefix length | UInt8 is cidr | UInt8 byte count | bytes
///
/// Source: PostgreSQL, src/backend/utils/adt/network.c, network_send
public struct PostgresInet: Hashable, Sendable {
    /// The host's address.
    public let address: PostgresIPAddress
    /// The length of the network prefix in bits, 0…32 or 0…128.
    public let prefixLength: Int

    /// Creates a host address; `nil` if the prefix is longer than the address. By default the prefix is the whole
    /// address.
    public init?(_ address: PostgresIPAddress, prefixLength: Int? = nil) {
        let prefixLength = prefixLength ?? address.bitCount
        guard (0...address.bitCount).contains(prefixLength) else { return nil }
        self.address = address
        self.prefixLength = prefixLength
    }
}

extension PostgresInet: PostgresScalar {
    /// `inet`.
    @inlinable public static var postgresType: PostgresType { .inet }

    /// `inet` and `cidr`.
    public static func accepts(_ type: PostgresType) -> Bool { type == .inet || type == .cidr }

    /// Reads the binary form.
    public init(binary reader: inout PostgresReader) throws(PostgresDecodingError) {
        let family: UInt8 = try reader.integer(), prefix: UInt8 = try reader.integer(),
            isCIDR: UInt8 = try reader.integer()
        let count: UInt8 = try reader.integer()
        let bytes = try reader.bytes(Int(count))
        let copy = (0..<bytes.byteCount).map { unsafe bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
        guard family == 2 && count == 4 || family == 3 && count == 16, isCIDR <= 1,
            let address = PostgresIPAddress(bytes: copy), let value = Self(address, prefixLength: Int(prefix))
        else { throw reader.malformed }
        self = value
    }

    /// Appends the binary form.
    public func write(binary writer: inout PostgresWriter) { write(binary: &writer, isCIDR: false) }

    func write(binary writer: inout PostgresWriter, isCIDR: Bool) {
        writer.write(UInt8(address.isVersion6 ? 3 : 2))
        writer.write(UInt8(truncatingIfNeeded: prefixLength))
        writer.write(UInt8(isCIDR ? 1 : 0))
        writer.write(UInt8(address.isVersion6 ? 16 : 4))
        writer.write(contentsOf: address.bytes)
    }

    /// Reads `192.168.1.1`, `192.168.1.1/24`, `2001:db8::1/64`.
    public init?(_ description: String) {
        let read = description.scanned { cursor -> (PostgresIPAddress, Int?)? in
            guard let address = PostgresIPAddress(scanning: &cursor) else { return nil }
            guard cursor.skip(UInt8(ascii: "/")) else { return (address, nil) }
            return cursor.digits(atMost: 3).map { (address, Int($0.value)) }
        }
        guard let (address, prefix) = read else { return nil }
        self.init(address, prefixLength: prefix)
    }

    /// As PostgreSQL writes it: the prefix length is omitted if it is the whole address.
    public var description: String {
        address.description + (prefixLength == address.bitCount ? "" : "/\(prefixLength)")
    }
}
