/// Steps through the bytes of a console query.
struct CommandScanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// - Returns: whether there was at least one blank.
    @discardableResult
    mutating func skipBlanks() -> Bool {
        let start = position
        while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
        return position > start
    }

    /// Steps over `keyword`, in any letter case, whatever follows it.
    mutating func keyword(_ keyword: StaticString) -> Bool {
        let wanted = Array(String(describing: keyword).utf8)
        guard bytes[position...].prefix(wanted.count).elementsEqual(wanted, by: { $0.asciiLowercased == $1 }) else {
            return false
        }
        position += wanted.count
        return true
    }

    /// A bare word, or one in double quotes.
    mutating func word() -> CommandWord? {
        if next == UInt8(ascii: "\"") { return quoted(by: UInt8(ascii: "\"")) }
        let start = position
        while let byte = next, byte.isWordByte { position += 1 }
        return position > start ? CommandWord(source: bytes[start..<position], quote: nil) : nil
    }

    /// The value of a SET, and after it nothing but the end of the command.
    mutating func lastValue() -> CommandWord? {
        skipBlanks()
        let value = next == UInt8(ascii: "'") ? quoted(by: UInt8(ascii: "'")) : word()
        return atEndOfCommand() ? value : nil
    }

    /// True when only blanks and at most one semicolon are left.
    mutating func atEndOfCommand() -> Bool {
        skipBlanks()
        if next == UInt8(ascii: ";") { position += 1 }
        skipBlanks()
        return next == nil
    }

    /// - Returns: `nil`, without a step, if the closing quote is missing.
    private mutating func quoted(by quote: UInt8) -> CommandWord? {
        var end = position + 1
        while end < bytes.count {
            guard bytes[end] == quote else {
                end += 1
                continue
            }
            guard end + 1 < bytes.count, bytes[end + 1] == quote else {
                defer { position = end + 1 }
                return CommandWord(source: bytes[position...end], quote: quote)
            }
            end += 2
        }
        return nil
    }
}

/// One word as it was written.
struct CommandWord {
    /// With its quotes, if it has any.
    let source: ArraySlice<UInt8>
    let quote: UInt8?

    /// The word's meaning.
    ///
    /// - Parameter limit: in bytes of ``source``.
    func text(atMost limit: Int) throws(AdminError) -> String {
        guard source.count <= limit else { throw .badArguments }
        guard let text = String(validating: unquoted, as: UTF8.self) else { throw .badArguments }
        return text
    }

    private var unquoted: [UInt8] {
        guard let quote else { return Array(source) }
        var result: [UInt8] = []
        var isSecondOfPair = false
        for byte in source.dropFirst().dropLast() {
            isSecondOfPair = byte == quote && !isSecondOfPair
            if !isSecondOfPair || byte != quote { result.append(byte) }
        }
        return result
    }

    /// The bare word without `suffix`; `nil` if nothing is left, or the word does not end so.
    func withoutSuffix(_ suffix: StaticString) -> CommandWord? {
        let suffix = Array(String(describing: suffix).utf8)
        guard quote == nil, source.count > suffix.count,
            source.suffix(suffix.count).elementsEqual(suffix, by: { $0.asciiLowercased == $1 })
        else { return nil }
        return CommandWord(source: source.dropLast(suffix.count), quote: nil)
    }
}

extension UInt8 {
    fileprivate var isWordByte: Bool {
        switch asciiLowercased {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
