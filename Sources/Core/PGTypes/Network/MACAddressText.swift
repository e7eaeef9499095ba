/// The text form of MAC addresses: two hexadecimal digits for each byte, separated by colons.
enum MACAddressText {
    static func read(_ cursor: inout TextCursor, count: Int) -> UInt64? {
        var bits: UInt64 = 0
        for index in 0..<count {
            guard index == 0 || cursor.skip(UInt8(ascii: ":")), let high = cursor.next().flatMap(ByteaText.digit),
                let low = cursor.next().flatMap(ByteaText.digit)
            else { return nil }
            bits = bits << 8 | UInt64(high << 4 | low)
        }
        return bits
    }

    static func write(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }
}
