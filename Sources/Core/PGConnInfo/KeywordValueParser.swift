/// Parses `keyword=value keyword='quoted value' …`
///
/// Blanks are C's: space, tab, line feed, vertical tab, form feed, carriage return. A backslash escapes the next
/// character, in quotes or not.
struct KeywordValueParser {
    private let bytes: [UInt8]
    private var position = 0
    private var table: OptionTable
    /// Whether the last value was a secret, so that the next word may be part of it.
    private var followsSecret = false

    init(_ bytes: [UInt8], into table: OptionTable) {
        self.bytes = bytes
        self.table = table
    }

    mutating func parse() throws(ConnInfoError) -> OptionTable {
        skipBlanks()
        while current != nil {
            let start = position
            let name = try keyword()
            let valueStart = position
            let value = current == UInt8(ascii: "'") ? try quotedValue() : plainValue()
            guard table.set(name, value, offset: valueStart) else {
                throw .unknownKeyword(Redaction.word(name), offset: start)
            }
            followsSecret = ConnectionString.Keyword(bytes: name)?.isSecret ?? false
            skipBlanks()
        }
        return table
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// Parses a keyword, its “=” and the blanks after that.
    private mutating func keyword() throws(ConnInfoError) -> [UInt8] {
        let start = position
        while let byte = current, byte != UInt8(ascii: "="), !Self.isBlank(byte) { position += 1 }
        let name = Array(bytes[start..<position])
        skipBlanks()
        guard current == UInt8(ascii: "=") else {
            throw .missingEquals(keyword: followsSecret ? Redaction.mask : Redaction.word(name), offset: start)
        }
        position += 1
        skipBlanks()
        return name
    }

    private mutating func plainValue() -> [UInt8] {
        var value: [UInt8] = []
        while let byte = current, !Self.isBlank(byte) { takeCharacter(byte, into: &value) }
        return value
    }

    private mutating func quotedValue() throws(ConnInfoError) -> [UInt8] {
        let start = position
        position += 1
        var value: [UInt8] = []
        while let byte = current {
            if byte == UInt8(ascii: "'") {
                position += 1
                return value
            }
            takeCharacter(byte, into: &value)
        }
        throw .unterminatedQuote(offset: start)
    }

    /// Appends a character, or the one after a backslash; a backslash at the very end is ignored.
    private mutating func takeCharacter(_ byte: UInt8, into value: inout [UInt8]) {
        position += 1
        guard byte == UInt8(ascii: "\\") else { return value.append(byte) }
        guard let escaped = current else { return }
        value.append(escaped)
        position += 1
    }

    private mutating func skipBlanks() {
        while let byte = current, Self.isBlank(byte) { position += 1 }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || (9...13).contains(byte)
    }
}
