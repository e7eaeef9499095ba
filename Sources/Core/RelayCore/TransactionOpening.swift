/// Tells from its text whether a query leaves a transaction open, for `pool_mode = statement`, where none may be.
///
/// Only the first words of the statements are read, outside of comments and quotes. A query that is not recognised here
/// is still refused after it has run, by its transaction status.
package enum TransactionOpening {
    /// - Parameter sql: the text of a Query or Parse, as far as it has arrived.
    package static func isLeftOpen(by sql: [UInt8]) -> Bool {
        var scanner = StatementScanner(sql)
        var isOpen = false
        while let words = scanner.nextStatement() {
            switch words.first {
            case "begin", "start": isOpen = true
            case "commit", "end", "abort", "rollback":
                // ROLLBACK TO keeps the transaction; AND CHAIN opens the next one.
                if words.contains("to") { continue }
                isOpen = words.contains("chain") && !words.contains("no")
            case "prepare" where words.dropFirst().first == "transaction": isOpen = false
            default: break
            }
        }
        return isOpen
    }
}

/// Splits SQL into statements and gives the first words of each in lower case.
///
/// Source: PostgreSQL, sql-syntax-lexical.html: comments nest, strings may be escaped or dollar-quoted.
struct StatementScanner {
    private let text: [UInt8]
    private var position = 0
    /// Transaction commands have no more words that matter.
    private static let mostWords = 6

    init(_ text: [UInt8]) { self.text = text }

    /// The first words of the next statement that has any; `nil` at the end.
    mutating func nextStatement() -> [String]? {
        var words: [String] = []
        var hasText = false
        while position < text.count {
            let byte = text[position]
            if byte == UInt8(ascii: ";") {
                position += 1
                if hasText { return words }
            } else if Self.isBlank(byte) {
                position += 1
            } else if !skipComment() {
                hasText = true
                if Self.beginsWord(byte) {
                    let word = takeWord()
                    if words.count < Self.mostWords { words.append(word) }
                } else if !skipQuoted() {
                    position += 1
                }
            }
        }
        return hasText ? words : nil
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) || byte == 0 }

    private static func beginsWord(_ byte: UInt8) -> Bool {
        (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || byte == UInt8(ascii: "_") || byte >= 0x80
    }

    private static func continuesWord(_ byte: UInt8) -> Bool {
        beginsWord(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "$")
    }

    private func starts(with text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard position + count <= self.text.count else { return false }
        return text.withUTF8Buffer { unsafe $0.elementsEqual(self.text[position..<position + count]) }
    }

    private mutating func takeWord() -> String {
        let start = position
        while position < text.count, Self.continuesWord(text[position]) { position += 1 }
        let word = String(decoding: text[start..<position], as: UTF8.self).lowercased()
        // E'…' has backslash escapes; of the other prefixes none changes where the string ends.
        if word == "e", position < text.count, text[position] == UInt8(ascii: "'") { skipString(escaped: true) }
        return word
    }

    private mutating func skipComment() -> Bool {
        if starts(with: "--") {
            while position < text.count, text[position] != 0x0a, text[position] != 0x0d { position += 1 }
            return true
        }
        guard starts(with: "/*") else { return false }
        var depth = 0
        while position < text.count {
            if starts(with: "/*") {
                depth += 1
                position += 2
            } else if starts(with: "*/") {
                depth -= 1
                position += 2
                if depth == 0 { break }
            } else {
                position += 1
            }
        }
        return true
    }

    /// A string, a quoted name or a dollar-quoted string.
    private mutating func skipQuoted() -> Bool {
        switch text[position] {
        case UInt8(ascii: "'"): skipString(escaped: false)
        case UInt8(ascii: "\""):
            position += 1
            while position < text.count, text[position] != UInt8(ascii: "\"") { position += 1 }
            position += 1
        case UInt8(ascii: "$"): return skipDollarQuoted()
        default: return false
        }
        return true
    }

    /// A doubled quote ends one string and begins another, which comes to the same.
    private mutating func skipString(escaped: Bool) {
        position += 1
        while position < text.count, text[position] != UInt8(ascii: "'") {
            position += escaped && text[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        position += 1
    }

    private mutating func skipDollarQuoted() -> Bool {
        var end = position + 1
        while end < text.count, Self.continuesWord(text[end]), text[end] != UInt8(ascii: "$") { end += 1 }
        guard end < text.count, text[end] == UInt8(ascii: "$") else { return false }
        let tag = text[position...end]
        position = end + 1
        while position < text.count, !text[position...].starts(with: tag) { position += 1 }
        position += tag.count
        return true
    }
}
