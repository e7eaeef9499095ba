/// Finds parameters (`$1`, `$2`, …) in SQL, ignoring string constants, quoted identifiers and comments.
///
/// Source: PostgreSQL, sql-syntax-lexical.html; assumes `standard_conforming_strings` is on, which is the default.
enum ParameterNumbers {
    /// Returns the text with each parameter number increased by `offset`.
    ///
    /// - Complexity: O(*n*)
    static func shifted(_ sql: String, by offset: Int) -> String {
        var scanner = Scanner(bytes: Array(sql.utf8)), output: [UInt8] = []
        output.reserveCapacity(scanner.bytes.count + 8)
        while !scanner.isAtEnd {
            if let number = scanner.parameter() {
                let (sum, overflow) = number.addingReportingOverflow(offset)
                output += "$\(overflow ? number : sum)".utf8
            } else {
                output += scanner.piece()
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private struct Scanner {
        let bytes: [UInt8]
        var position = 0
        var isAtEnd: Bool { position >= bytes.count }

        func peek(_ distance: Int = 0) -> UInt8? {
            position + distance < bytes.count ? bytes[position + distance] : nil
        }

        /// Consumes a parameter and returns its number; `nil` if there is none at this position.
        mutating func parameter() -> Int? {
            // `a$1` is an identifier.
            guard peek() == UInt8(ascii: "$"), position == 0 || !Self.isPartOfName(bytes[position - 1]) else {
                return nil
            }
            let digits = bytes[(position + 1)...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard let number = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
            position = digits.endIndex
            return number
        }

        /// Consumes a piece without parameters: a string constant, a quoted identifier, a comment, or one byte.
        mutating func piece() -> ArraySlice<UInt8> {
            let start = position
            switch peek() {
            case UInt8(ascii: "'"):
                quoted(UInt8(ascii: "'"), hasEscapes: isEscapeString)
            case UInt8(ascii: "\""):
                quoted(UInt8(ascii: "\""), hasEscapes: false)
            case UInt8(ascii: "-") where peek(1) == UInt8(ascii: "-"):
                while let byte = peek(), byte != UInt8(ascii: "\n") { position += 1 }
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"):
                comment()
            case UInt8(ascii: "$"):
                dollarQuoted()
            default:
                position += 1
            }
            return bytes[start..<position]
        }

        /// Whether the quote at this position follows an `E` that is not part of a longer word.
        private var isEscapeString: Bool {
            guard position > 0, bytes[position - 1] | 0x20 == UInt8(ascii: "e") else { return false }
            return position == 1 || !Self.isPartOfName(bytes[position - 2])
        }

        /// Skips a quoted text. A doubled quote is treated as the end of one text and the start of the next, with the
        /// same result.
        private mutating func quoted(_ quote: UInt8, hasEscapes: Bool) {
            position += 1
            while let byte = peek() {
                position += 1
                if byte == quote {
                    guard hasEscapes, peek() == quote else { return }
                    position += 1
                } else if hasEscapes, byte == UInt8(ascii: "\\") {
                    position = min(position + 1, bytes.count)
                }
            }
        }

        /// Skips a comment; comments nest.
        private mutating func comment() {
            var depth = 0
            while let byte = peek() {
                if byte == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
                    depth += 1
                    position += 2
                } else if byte == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
                    depth -= 1
                    position += 2
                    if depth == 0 { return }
                } else {
                    position += 1
                }
            }
        }

        /// Skips `$$ … $$` or `$tag$ … $tag$`, or a single dollar sign.
        private mutating func dollarQuoted() {
            let isInName = position > 0 && Self.isPartOfName(bytes[position - 1])
            let tag = bytes[(position + 1)...].prefix { Self.isPartOfName($0) && $0 != UInt8(ascii: "$") }
            guard !isInName, tag.endIndex < bytes.count, bytes[tag.endIndex] == UInt8(ascii: "$") else {
                position += 1
                return
            }
            let delimiter = bytes[position...tag.endIndex]
            position = tag.endIndex + 1
            while !isAtEnd {
                if bytes[position...].starts(with: delimiter) {
                    position += delimiter.count
                    return
                }
                position += 1
            }
        }

        private static func isPartOfName(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...:
                true
            default: false
            }
        }
    }
}
