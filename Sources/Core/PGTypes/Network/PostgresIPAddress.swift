/// An IP address, version 4 or 6.
public struct PostgresIPAddress: Hashable, Sendable {
    /// Whether the address is IPv6.
    public let isVersion6: Bool
    // An IPv4 address occupies the low 32 bits of `low`.
    let high: UInt64
    let low: UInt64

    /// Creates an IPv4 address from its number.
    public init(v4 address: UInt32) { (isVersion6, high, low) = (false, 0, UInt64(address)) }

    /// Creates an IPv6 address from its two halves.
    public init(v6 high: UInt64, _ low: UInt64) { (isVersion6, self.high, self.low) = (true, high, low) }

    /// The address length in bits: 32 or 128.
    public var bitCount: Int { isVersion6 ? 128 : 32 }

    /// The four or sixteen bytes, in network byte order.
    public var bytes: [UInt8] {
        let all = [high, low].flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> UInt64(56 - 8 * $0)) } }
        return isVersion6 ? all : Array(all[12...])
    }

    /// Creates an address from four or sixteen bytes in network byte order; `nil` for any other number of bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        var high: UInt64 = 0, low: UInt64 = 0
        for byte in bytes { (high, low) = (high << 8 | low >> 56, low << 8 | UInt64(byte)) }
        (isVersion6, self.high, self.low) = (bytes.count == 16, high, low)
    }

    /// Whether all bits after the first `count` are zero.
    func isZero(after count: Int) -> Bool {
        let bits = isVersion6 ? (high, low) : (low << 32, 0)
        if count >= 64 { return bits.1 << UInt64(count - 64) == 0 }
        return bits.0 << UInt64(count) == 0 && bits.1 == 0
    }
}

extension PostgresIPAddress: LosslessStringConvertible {
    /// Reads `192.168.1.1`, `2001:db8::1`, `::ffff:192.168.1.1`.
    public init?(_ description: String) {
        guard let address = description.scanned({ Self(scanning: &$0) }) else { return nil }
        self = address
    }

    init?(scanning cursor: inout TextCursor) {
        var ahead = cursor
        if let address = Self.version4(&ahead) {
            cursor = ahead
            self.init(v4: address)
            return
        }
        var groups: [UInt16] = [], gap: Int?
        if cursor.skip("::") { gap = 0 }
        while groups.count < 8 {
            var ahead = cursor
            if let address = Self.version4(&ahead) {
                cursor = ahead
                groups += [UInt16(address >> 16), UInt16(truncatingIfNeeded: address)]
                break
            }
            guard let group = Self.group(&cursor) else { break }
            groups.append(group)
            if gap == nil, cursor.skip("::") {
                gap = groups.count
            } else if !cursor.skip(UInt8(ascii: ":")) {
                break
            } else if cursor.peek.flatMap(ByteaText.digit) == nil {
                return nil
            }
        }
        if let gap {
            guard groups.count < 8 else { return nil }
            groups.insert(contentsOf: Array(repeating: 0, count: 8 - groups.count), at: gap)
        }
        guard groups.count == 8 else { return nil }
        self.init(v6: Self.half(groups[..<4]), Self.half(groups[4...]))
    }

    private static func half(_ groups: ArraySlice<UInt16>) -> UInt64 { groups.reduce(0) { $0 << 16 | UInt64($1) } }

    private static func version4(_ cursor: inout TextCursor) -> UInt32? {
        var address: UInt32 = 0
        for index in 0..<4 {
            guard index == 0 || cursor.skip(UInt8(ascii: ".")), let part = cursor.digits(atMost: 3), part.value < 256
            else {
                return nil
            }
            address = address << 8 | UInt32(part.value)
        }
        return address
    }

    private static func group(_ cursor: inout TextCursor) -> UInt16? {
        var value: UInt16 = 0, count = 0
        while count < 4, let digit = cursor.peek.flatMap(ByteaText.digit) {
            value = value << 4 | UInt16(digit)
            count += 1
            cursor.advance()
        }
        return count == 0 ? nil : value
    }

    /// As PostgreSQL writes it: the longest run of zeros is omitted; the last four bytes of an IPv6 address that embeds
    /// an IPv4 address are written in dotted form.
    ///
    /// Source: PostgreSQL, src/port/inet_net_ntop.c
    public var description: String {
        guard isVersion6 else { return Self.dotted(UInt32(truncatingIfNeeded: low)) }
        let groups = [high, low].flatMap { half in
            (0..<4).map { UInt16(truncatingIfNeeded: half >> UInt64(48 - 16 * $0)) }
        }
        let gap = Self.longestZeros(groups)
        let leading = gap.lowerBound == 0 ? gap.count : 0
        let isMapped = leading == 6 || leading == 5 && groups[5] == 0xFFFF
        var text = "", index = 0
        while index < 8 {
            if index == gap.lowerBound, !gap.isEmpty {
                text += "::"
                index = gap.upperBound
                continue
            }
            if index > 0, index != gap.upperBound || gap.isEmpty { text += ":" }
            if index == 6, isMapped { return text + Self.dotted(UInt32(truncatingIfNeeded: low)) }
            text += String(groups[index], radix: 16)
            index += 1
        }
        return text
    }

    private static func dotted(_ address: UInt32) -> String {
        [24, 16, 8, 0].map { String(address >> UInt32($0) & 255) }.joined(separator: ".")
    }

    /// The first of the longest runs of at least two.
    private static func longestZeros(_ groups: [UInt16]) -> Range<Int> {
        var best = 0..<0, start = 0
        for index in 0...8 where index == 8 || groups[index] != 0 {
            if index - start > max(best.count, 1) { best = start..<index }
            start = index + 1
        }
        return best
    }
}
