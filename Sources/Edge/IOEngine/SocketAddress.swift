/// The local or remote address of a socket.
package enum SocketAddress: Hashable, Sendable {
    /// Four bytes, in network byte order.
    case ipv4(UInt32, port: UInt16)
    /// Sixteen bytes, in network byte order.
    case ipv6(high: UInt64, low: UInt64, scope: UInt32, port: UInt16)
    /// A path; `pid` is the peer's process, or 0. A leading `@` means Linux's abstract namespace.
    case unix(path: String, pid: Int32)

    package var isUnix: Bool { if case .unix = self { true } else { false } }

    package var port: Int {
        switch self {
        case .ipv4(_, let port), .ipv6(_, _, _, let port): Int(port)
        case .unix: 0
        }
    }

    /// The host as printed by PgBouncer's console and log: a numeric address, or `unix`.
    package var host: String {
        switch self {
        case .ipv4(let address, _): IPv4Text.format(address)
        case .ipv6(let high, let low, _, _): IPv6Text.format(high: high, low: low)
        case .unix: "unix"
        }
    }
}

/// The text form of an IPv4 address, for every log line: its 15 bytes fit in a String without allocation.
enum IPv4Text {
    static func format(_ address: UInt32) -> String {
        unsafe String(unsafeUninitializedCapacity: 15) { text in
            var count = 0
            func append(_ byte: UInt32) {
                unsafe text[count] = UInt8(truncatingIfNeeded: byte)
                count += 1
            }
            for shift in stride(from: UInt32(24), through: 0, by: -8) {
                let number = address >> shift & 0xff
                if number >= 100 { append(0x30 + number / 100) }
                if number >= 10 { append(0x30 + number / 10 % 10) }
                append(0x30 + number % 10)
                if shift > 0 { append(UInt32(UInt8(ascii: "."))) }
            }
            return count
        }
    }
}

/// The text form of an IPv6 address.
///
/// Source: RFC 5952, section 4: lower case, no leading zeros, the longest run of two or more zero groups shortened.
enum IPv6Text {
    static func format(high: UInt64, low: UInt64) -> String {
        let groups = [high, low].flatMap { word in [48, 32, 16, 0].map { UInt16(truncatingIfNeeded: word >> $0) } }
        var best = 0..<0
        var start = 0
        while start < groups.count {
            var end = start
            while end < groups.count, groups[end] == 0 { end += 1 }
            if end - start > max(best.count, 1) { best = start..<end }
            start = max(end, start + 1)
        }
        func text(_ range: Range<Int>) -> String {
            groups[range].map { String($0, radix: 16) }.joined(separator: ":")
        }
        return best.isEmpty ? text(0..<8) : text(0..<best.lowerBound) + "::" + text(best.upperBound..<8)
    }
}
