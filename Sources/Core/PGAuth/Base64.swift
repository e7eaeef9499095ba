/// Base64 with the standard alphabet and mandatory padding, as in SCRAM messages and stored secrets.
///
/// Source: RFC 4648 section 4
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// - Complexity: O(*n*)
    package static func encode(_ bytes: [UInt8]) -> [UInt8] {
        let alphabet = alphabet
        var text = [UInt8](repeating: UInt8(ascii: "="), count: (bytes.count + 2) / 3 * 4)
        var (start, end) = (0, 0)
        while start < bytes.count {
            let count = bytes.count - start
            let second = count > 1 ? UInt32(bytes[start + 1]) : 0
            let third = count > 2 ? UInt32(bytes[start + 2]) : 0
            let word = UInt32(bytes[start]) << 16 | second << 8 | third
            text[end] = alphabet[Int(word >> 18)]
            text[end + 1] = alphabet[Int(word >> 12 & 63)]
            if count > 1 { text[end + 2] = alphabet[Int(word >> 6 & 63)] }
            if count > 2 { text[end + 3] = alphabet[Int(word & 63)] }
            start += 3
            end += 4
        }
        return text
    }

    /// The decoded bytes; `nil` for a character outside the alphabet (blanks included), wrong padding or an incomplete
    /// group of four.
    ///
    /// Unused bits of the last character are not checked, as in PostgreSQL.
    ///
    /// - Complexity: O(*n*)
    package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 4) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var word: UInt32 = 0
        var bits: UInt32 = 0
        var padding = 0
        for digit in text {
            if digit == UInt8(ascii: "=") {
                padding += 1
                continue
            }
            guard padding == 0, let value = value(of: digit) else { return nil }
            word = (word << 6 | value) & 0xFFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: word >> bits))
            }
        }
        return padding <= 2 ? bytes : nil
    }

    private static func value(of digit: UInt8) -> UInt32? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
