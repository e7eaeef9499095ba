/// Parses a script: SQL statements that end with semicolons, and a subset of pgbench's meta-commands.
///
///     \set aid random(1, 100000 * :scale)
///     \set tries 3
///     select abalance from pgbench_accounts where aid = :aid;
///     select {random:1:6};
///
/// A variable is used as `:name`, outside quotes and comments; `{random:LOWEST:HIGHEST}` draws a number in place.
/// Numbers are integers; the bounds of `random` must be constants: numbers, variables with a constant value (from
/// `\set` or a definition) and products of these. Anything else is rejected with an error that names it.
///
/// Source: PostgreSQL, pgbench.html, “Custom Scripts”
package struct ScriptParser {
    enum Value {
        case constant(Int64)
        case draw(Int)
    }

    let bytes: [UInt8]
    var position = 0
    var line = 1
    var variables: [String: Value]
    private var draws: [ClosedRange<Int64>] = []
    private var statements: [Script.Statement] = []

    // The statement being parsed.
    private var pieces: [Script.Statement.Piece] = []
    private var text: [UInt8] = []
    /// Whether the statement contains anything except blanks and comments.
    private var hasContent = false

    private init(_ bytes: [UInt8], _ definitions: [String: Int64]) {
        self.bytes = bytes
        variables = definitions.mapValues { .constant($0) }
    }

    /// - Parameter definitions: variables defined outside the script.
    /// - Complexity: O(*n*)
    package static func parse(_ bytes: [UInt8], definitions: [String: Int64] = [:]) throws(ScriptError) -> Script {
        var parser = ScriptParser(bytes, definitions)
        while parser.position < parser.bytes.count { try parser.step() }
        try parser.endStatement()
        guard !parser.statements.isEmpty else { throw parser.error(.empty) }
        return Script(draws: parser.draws, statements: parser.statements)
    }

    func error(_ reason: ScriptError.Reason) -> ScriptError { ScriptError(line: line, reason: reason) }

    /// The byte at that distance; 0, which no script contains, after the end.
    func peek(_ distance: Int = 0) -> UInt8 {
        position + distance < bytes.count ? bytes[position + distance] : 0
    }

    mutating func draw(_ range: ClosedRange<Int64>) -> Int {
        draws.append(range)
        return draws.count - 1
    }

    /// Parses the element at the current position: a byte, a quoted text, a comment, a variable or a command.
    private mutating func step() throws(ScriptError) {
        switch peek() {
        case UInt8(ascii: ";"):
            position += 1
            try endStatement()
        case UInt8(ascii: "\\"):
            guard !hasContent else { throw error(.commandInStatement) }
            (pieces, text) = ([], [])  // the comments before it
            try command()
        case UInt8(ascii: "'"): try quoted("'", name: "quoted string", hasEscapes: followsEscapePrefix)
        case UInt8(ascii: "\""): try quoted("\"", name: "quoted identifier", hasEscapes: false)
        case UInt8(ascii: "$"): try dollar()
        case UInt8(ascii: "-") where peek(1) == UInt8(ascii: "-"):
            while position < bytes.count, peek() != UInt8(ascii: "\n") { try keep() }
        case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"): try comment()
        case UInt8(ascii: ":"): try colon()
        case UInt8(ascii: "{"):
            hasContent = true
            insert(.draw(draw(try placeholder())))
        default:
            if !Self.isBlank(peek()) { hasContent = true }
            try keep()
        }
    }

    /// Appends one byte to the statement unchanged.
    private mutating func keep() throws(ScriptError) {
        let byte = peek()
        guard byte != 0 else { throw error(.zeroByte) }
        if byte == UInt8(ascii: "\n") { line += 1 }
        text.append(byte)
        position += 1
    }

    private mutating func insert(_ value: Value) {
        switch value {
        case .constant(let number): Script.Statement.write(number, into: &text)
        case .draw(let index):
            if !text.isEmpty { pieces.append(.text(text)) }
            text = []
            pieces.append(.draw(index))
        }
    }

    private mutating func endStatement() throws(ScriptError) {
        if !text.isEmpty { pieces.append(.text(text)) }
        if hasContent {
            let statement = Script.Statement(pieces: Self.trimmed(pieces))
            guard statement.draws.count <= Int(UInt16.max) else { throw error(.tooManyParameters) }
            statements.append(statement)
        }
        (pieces, text, hasContent) = ([], [], false)
    }

    // MARK: - What SQL protects

    private mutating func quoted(_ quote: Unicode.Scalar, name: String, hasEscapes: Bool) throws(ScriptError) {
        let start = line
        hasContent = true
        try keep()
        while peek() != UInt8(ascii: quote) {
            guard position < bytes.count else { throw ScriptError(line: start, reason: .unterminated(name)) }
            if peek() == UInt8(ascii: "{"), startsPlaceholder { throw error(.placeholderInQuotes) }
            if hasEscapes, peek() == UInt8(ascii: "\\") { try keep() }
            guard position < bytes.count else { continue }
            try keep()
        }
        try keep()  // a doubled quote parses as two adjacent texts, with the same result
    }

    /// Whether the text so far ends with the `E` of `E'…'`.
    private var followsEscapePrefix: Bool {
        guard let last = text.last, last | 0x20 == UInt8(ascii: "e") else { return false }
        return !(text.dropLast().last.map(Self.isNamePart) ?? false)
    }

    private mutating func dollar() throws(ScriptError) {
        hasContent = true
        var end = position + 1
        while end < bytes.count, Self.isNamePart(bytes[end]) { end += 1 }
        let isQuote =
            end < bytes.count && bytes[end] == UInt8(ascii: "$") && !Self.isDigit(peek(1))
            && !(text.last.map(Self.isNamePart) ?? false)
        guard isQuote else { return try keep() }
        let tag = bytes[position...end]
        let start = line
        for _ in tag { try keep() }
        while !bytes[position...].starts(with: tag) {
            guard position < bytes.count else {
                throw ScriptError(line: start, reason: .unterminated("dollar-quoted string"))
            }
            try keep()
        }
        for _ in tag { try keep() }
    }

    private mutating func comment() throws(ScriptError) {
        let start = line
        var depth = 0
        repeat {
            guard position < bytes.count else { throw ScriptError(line: start, reason: .unterminated("comment")) }
            let pair = (peek(), peek(1))
            if pair == (UInt8(ascii: "/"), UInt8(ascii: "*")) {
                depth += 1
                try keep()
            } else if pair == (UInt8(ascii: "*"), UInt8(ascii: "/")) {
                depth -= 1
                try keep()
            }
            try keep()
        } while depth > 0
    }

    // MARK: - Variables

    /// Parses a variable, a cast (`::`) or a single colon.
    private mutating func colon() throws(ScriptError) {
        hasContent = true
        guard Self.isNameStart(peek(1)), text.last != UInt8(ascii: ":") else { return try keep() }
        position += 1
        insert(try value(of: name()))
    }

    /// Parses a name, which the caller has seen begin.
    mutating func name() -> String {
        let start = position
        while position < bytes.count, Self.isNamePart(bytes[position]) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    func value(of name: String) throws(ScriptError) -> Value {
        guard let value = variables[name] else { throw error(.unknownVariable(name)) }
        return value
    }

    // MARK: - Bytes

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || 9...13 ~= byte }
    static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }
    static func isNameStart(_ byte: UInt8) -> Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 || byte == UInt8(ascii: "_") || byte >= 0x80
    }
    static func isNamePart(_ byte: UInt8) -> Bool { isNameStart(byte) || isDigit(byte) }

    /// Removes the blanks at both ends.
    private static func trimmed(_ pieces: [Script.Statement.Piece]) -> [Script.Statement.Piece] {
        var pieces = pieces
        if case .text(let text)? = pieces.first { pieces[0] = .text(Array(text.drop(while: isBlank))) }
        if case .text(let text)? = pieces.last {
            pieces[pieces.count - 1] = .text(Array(text.reversed().drop(while: isBlank).reversed()))
        }
        return pieces.filter { $0 != .text([]) }
    }
}
