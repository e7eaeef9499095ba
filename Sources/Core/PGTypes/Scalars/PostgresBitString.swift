/// A bit string: PostgreSQL's `bit` and `varbit`.
///
///     Int32 bit count | bytes; the first bit is the highest of the first byte
///
/// Source: PostgreSQL, datatype-bit.html
public struct PostgresBitString: Hashable, Sendable {
    /// The bits, eight to a byte, the first in the most significant position. Bits after the last are zero.
    public let bytes: [UInt8]
    /// The number of bits.
    public let count: Int

    /// Creates a bit string from a sequence of bits.
    public init(_ bits: some Sequence<Bool>) {
        var bytes: [UInt8] = [], count = 0
        for bit in bits {
            if count % 8 == 0 { bytes.append(0) }
            if bit { bytes[count / 8] |= 0x80 >> UInt8(count % 8) }
            count += 1
        }
        (self.bytes, self.count) = (bytes, count)
    }

    /// Creates a bit string from the first `count` bits of `bytes`; `nil` if the number of bytes does not match, or a
    /// bit after the last is set.
    public init?(bytes: [UInt8], count: Int) {
        guard count >= 0, bytes.count == count / 8 + (count % 8 == 0 ? 0 : 1) else { return nil }
        guard count % 8 == 0 || bytes.last.map({ $0 << UInt8(count % 8) }) == 0 else { return nil }
        (self.bytes, self.count) = (bytes, count)
    }

    /// The bits in order.
    public var bits: [Bool] { (0..<count).map { bytes[$0 / 8] & (0x80 >> UInt8($0 % 8)) != 0 } }
}

extension PostgresBitString: PostgresScalar {
    /// `varbit`.
    @inlinable public static var postgresType: PostgresType { .varbit }

    /// `bit` and `varbit`.
    public static func accepts(_ type: PostgresType) -> Bool { type == .bit || type == .varbit }

    /// Reads the binary form.
    public init(binary reader: inout PostgresReader) throws(PostgresDecodingError) {
        let count = Int(try reader.integer(Int32.self))
        guard count >= 0 else { throw reader.malformed }
        let bytes = try reader.bytes(count / 8 + (count % 8 == 0 ? 0 : 1))
        let copy = unsafe bytes.withUnsafeBytes { unsafe Array($0) }
        guard let value = Self(bytes: copy, count: count) else { throw reader.malformed }
        self = value
    }

    /// Appends the binary form.
    public func write(binary writer: inout PostgresWriter) {
        writer.write(Int32(clamping: count))
        writer.write(contentsOf: bytes)
    }

    /// Reads `10101`.
    public init?(_ description: String) {
        guard description.utf8.allSatisfy({ $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: "1") }) else { return nil }
        self.init(description.utf8.map { $0 == UInt8(ascii: "1") })
    }

    /// `10101`.
    public var description: String { bits.map { $0 ? "1" : "0" }.joined() }
}
