/// Makes the text of a log line safe to print and to split at line ends.
///
/// Names and messages of peers are in it, some of clients that are not logged in. A control character could begin
/// another line, or be a command to the terminal that shows the log.
package enum LogText {
    /// Replaces control characters but the tab (C0, DEL, C1) by spaces, and what is not UTF-8 by question marks. The
    /// length stays the same.
    package static func makeSafe(_ text: inout [UInt8]) {
        // This loop looks at sixteen bytes at once, and finds nothing in nearly every line.
        var (least, greatest) = (UInt8.max, UInt8.min)
        for byte in text {
            least = min(least, byte)
            greatest = max(greatest, byte)
        }
        if least >= 0x20, greatest < 0x7f { return }
        var index = 0
        while index < text.count { index += makeSafe(&text, at: index) }
    }

    /// - Returns: how many bytes have been dealt with.
    private static func makeSafe(_ text: inout [UInt8], at index: Int) -> Int {
        let first = text[index]
        if first < 0x80 {
            if first == 0x7f || first < 0x20 && first != 0x09 { text[index] = 0x20 }
            return 1
        }
        let count = sequenceLength(text[index...])
        if count == 0 {
            text[index] = UInt8(ascii: "?")
            return 1
        }
        if first == 0xc2, text[index + 1] < 0xa0 {
            text[index] = 0x20
            text[index + 1] = 0x20
        }
        return count
    }

    /// The length of the UTF-8 sequence of several bytes that `bytes` begins with; 0 if there is none.
    ///
    /// Source: The Unicode Standard, table 3-7
    private static func sequenceLength(_ bytes: ArraySlice<UInt8>) -> Int {
        let start = bytes.startIndex
        let (count, second): (Int, ClosedRange<UInt8>) =
            switch bytes[start] {
            case 0xc2...0xdf: (2, 0x80...0xbf)
            case 0xe0: (3, 0xa0...0xbf)
            case 0xed: (3, 0x80...0x9f)
            case 0xe1...0xef: (3, 0x80...0xbf)
            case 0xf0: (4, 0x90...0xbf)
            case 0xf1...0xf3: (4, 0x80...0xbf)
            case 0xf4: (4, 0x80...0x8f)
            default: (0, 0x80...0xbf)
            }
        guard count > 0, bytes.count >= count, second.contains(bytes[start + 1]) else { return 0 }
        return bytes[(start + 2)..<(start + count)].allSatisfy { (0x80...0xbf).contains($0) } ? count : 0
    }
}
