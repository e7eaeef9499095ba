/// Cuts ini files into sections and entries, and follows `%include`.
///
/// - Comment: a line whose first character that is not blank is `;` or `#`.
/// - Section: `[name]`; more may follow on the same line.
/// - Entry: `key = value`. A key is letters, digits and `_.-*`, or anything in single quotes; PgBouncer's manual allows
///   double quotes too, and so does Weir. The value is the rest of the line without blanks at its ends; there is no
///   escape and no continuation.
/// - `%include FILE`: that file's contents; the open section carries in and out of it.
///
/// Source: PgBouncer 1.25.2, lib/usual/cfparser.c. Beyond it, a zero byte and a line break inside a quoted key are
/// syntax errors.
package struct INIParser {
    /// How deep files may include each other.
    package static let includeLimit = 10

    private let bytes: [UInt8]
    private let file: String
    private var position = 0
    private var line = 1

    private init(_ bytes: [UInt8], file: String) { (self.bytes, self.file) = (bytes, file) }

    /// Reads the file at `path` and hands every item to `handle`, in order, until one throws.
    package static func parse(
        path: String, reading read: (String) throws -> [UInt8], into handle: (INIItem) throws(ConfigError) -> Void
    ) throws(ConfigError) {
        try parse(path: path, depth: 0, reading: read, into: handle)
    }

    private static func parse(
        path: String, depth: Int, reading read: (String) throws -> [UInt8],
        into handle: (INIItem) throws(ConfigError) -> Void
    ) throws(ConfigError) {
        let bytes: [UInt8]
        do {
            bytes = try read(path)
        } catch {
            throw ConfigError(file: path, line: nil, messages: ["could not load file \"\(path)\": \(error)"])
        }
        var parser = INIParser(bytes, file: path)
        try parser.run(depth: depth, reading: read, into: handle)
    }

    private mutating func run(
        depth: Int, reading read: (String) throws -> [UInt8], into handle: (INIItem) throws(ConfigError) -> Void
    ) throws(ConfigError) {
        while let byte = skipSpace() {
            switch byte {
            case UInt8(ascii: ";"), UInt8(ascii: "#"): _ = try restOfLine()
            case UInt8(ascii: "["): try handle(section())
            default:
                guard let path = try includedPath() else {
                    try handle(entry())
                    continue
                }
                try include(path, depth: depth, reading: read, into: handle)
            }
        }
    }

    private func include(
        _ path: String, depth: Int, reading read: (String) throws -> [UInt8],
        into handle: (INIItem) throws(ConfigError) -> Void
    ) throws(ConfigError) {
        guard depth < Self.includeLimit else {
            throw refusal("include nesting level too deep (\(file):\(line)), stopping loading")
        }
        do throws(ConfigError) {
            try Self.parse(path: path, depth: depth + 1, reading: read, into: handle)
        } catch {
            var error = error
            error.messages.append("error processing include file in configuration (\(file):\(line)), stopping loading")
            throw error
        }
    }
}

// MARK: - The grammar

extension INIParser {
    /// The file name after `%include`; `nil`, with nothing read, when something else stands here.
    private mutating func includedPath() throws(ConfigError) -> String? {
        let keyword = Array("%include".utf8)
        guard bytes[position...].starts(with: keyword) else { return nil }
        let after = position + keyword.count
        guard after < bytes.count, bytes[after].isBlank else { return nil }
        position = after
        return String(decoding: try restOfLine().trimmingSpace(), as: UTF8.self)
    }

    private mutating func section() throws(ConfigError) -> INIItem {
        let start = position + 1
        position = start
        while let byte = current, byte != UInt8(ascii: "]"), byte != UInt8(ascii: "\n"), byte != 0 { position += 1 }
        guard current == UInt8(ascii: "]") else { throw syntaxError }
        let name = String(decoding: bytes[start..<position], as: UTF8.self)
        position += 1
        return INIItem(.section(name), file: file, line: line)
    }

    private mutating func entry() throws(ConfigError) -> INIItem {
        let key = try key()
        skipBlanks()
        guard current == UInt8(ascii: "=") else { throw syntaxError }
        position += 1
        let value = try restOfLine().trimmingSpace()
        return INIItem(.entry(key: key, value: Array(value)), file: file, line: line)
    }

    private mutating func key() throws(ConfigError) -> String {
        var start = position
        if let quote = current, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") {
            start += 1
            position = start
            while let byte = current, byte != quote, byte != UInt8(ascii: "\n"), byte != 0 { position += 1 }
            guard current == quote, position > start else { throw syntaxError }
            defer { position += 1 }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }
        while let byte = current, byte.isKeyByte { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// Everything up to the line break, which stays unread.
    private mutating func restOfLine() throws(ConfigError) -> ArraySlice<UInt8> {
        let start = position
        while let byte = current, byte != UInt8(ascii: "\n") {
            guard byte != 0 else { throw syntaxError }
            position += 1
        }
        return bytes[start..<position]
    }

    /// Skips white space and line breaks; returns the byte after them, `nil` at the end.
    private mutating func skipSpace() -> UInt8? {
        while let byte = current, byte.isSpace {
            if byte == UInt8(ascii: "\n") { line += 1 }
            position += 1
        }
        return current
    }

    private mutating func skipBlanks() {
        while let byte = current, byte.isBlank { position += 1 }
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private var syntaxError: ConfigError {
        refusal("syntax error in configuration (\(file):\(line)), stopping loading")
    }

    private func refusal(_ message: String) -> ConfigError {
        ConfigError(file: file, line: line, messages: [message])
    }
}

extension UInt8 {
    fileprivate var isKeyByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "*"): true
        default: isDigit
        }
    }
}
