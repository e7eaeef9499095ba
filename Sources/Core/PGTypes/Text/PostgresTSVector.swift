/// A document prepared for text search: PostgreSQL's `tsvector`.
///
///     Int32 count | count × (zero-terminated lexeme | UInt16 count | count × UInt16: weight in 2 bits, position in 14)
///
/// Source: PostgreSQL, src/backend/utils/adt/tsvector.c, tsvectorsend; datatype-textsearch.html
public struct PostgresTSVector: Hashable, Sendable {
    /// A word of the document.
    public struct Lexeme: Hashable, Sendable {
        /// The word.
        public var text: String
        /// The word's positions; may be empty.
        public var positions: [Position]

        /// Creates a word with its positions.
        public init(_ text: String, positions: [Position] = []) {
            self.text = text
            self.positions = positions
        }
    }

    /// A position in the document, with its weight.
    public struct Position: Hashable, Sendable {
        /// 1…16383.
        public let number: UInt16
        /// The part of the document: `A` is the most important, `D` is the default.
        public let weight: Weight

        /// Creates a position; the number is taken modulo 16384.
        public init(_ number: UInt16, weight: Weight = .d) {
            self.number = number & 0x3FFF
            self.weight = weight
        }
    }

    /// The weight of a position in ranking.
    public enum Weight: UInt16, Hashable, Sendable {
        /// `D`, the default.
        case d = 0
        /// `C`.
        case c = 1
        /// `B`.
        case b = 2
        /// `A`.
        case a = 3
    }

    /// The words; PostgreSQL sorts them by length and bytes.
    public var lexemes: [Lexeme]

    /// Creates a document of these words.
    public init(_ lexemes: [Lexeme]) { self.lexemes = lexemes }
}

extension PostgresTSVector: PostgresScalar {
    /// `tsvector`.
    @inlinable public static var postgresType: PostgresType { .tsvector }

    /// Reads the binary form.
    public init(binary reader: inout PostgresReader) throws(PostgresDecodingError) {
        let count = Int(try reader.integer(Int32.self))
        guard count >= 0, count <= reader.remaining / 3 else { throw reader.malformed }
        var lexemes: [Lexeme] = []
        lexemes.reserveCapacity(count)
        for _ in 0..<count {
            guard let text = String(utf8: try reader.zeroTerminated()) else { throw reader.error(.invalidText) }
            var positions: [Position] = []
            for _ in 0..<(try reader.integer(UInt16.self)) {
                let bits: UInt16 = try reader.integer()
                positions.append(Position(bits, weight: Weight(rawValue: bits >> 14) ?? .d))
            }
            lexemes.append(Lexeme(text, positions: positions))
        }
        self.init(lexemes)
    }

    /// Appends the binary form.
    public func write(binary writer: inout PostgresWriter) {
        writer.write(Int32(clamping: lexemes.count))
        for lexeme in lexemes {
            writer.write(contentsOf: lexeme.text.utf8.filter { $0 != 0 })
            writer.write(UInt8(0))
            let positions = lexeme.positions.prefix(Int(UInt16.max))
            writer.write(UInt16(positions.count))
            for position in positions { writer.write(position.number | position.weight.rawValue << 14) }
        }
    }

    /// Reads `'a':1A 'b'`, as PostgreSQL writes it.
    public init?(_ description: String) {
        guard let vector = description.scanned({ Self(scanning: &$0) }) else { return nil }
        self = vector
    }

    private init?(scanning cursor: inout TextCursor) {
        var lexemes: [Lexeme] = []
        while !cursor.isAtEnd {
            guard lexemes.isEmpty || cursor.skip(UInt8(ascii: " ")), let text = LexemeText.read(&cursor) else {
                return nil
            }
            var lexeme = Lexeme(text)
            while cursor.skip(lexeme.positions.isEmpty ? UInt8(ascii: ":") : UInt8(ascii: ",")) {
                guard let number = cursor.digits(atMost: 5), (1...16_383).contains(number.value) else { return nil }
                let weight: Weight = cursor.skip("A") ? .a : cursor.skip("B") ? .b : cursor.skip("C") ? .c : .d
                lexeme.positions.append(Position(UInt16(number.value), weight: weight))
            }
            lexemes.append(lexeme)
        }
        self.init(lexemes)
    }

    /// As PostgreSQL writes it: `'a':1A 'b'`.
    public var description: String {
        lexemes.map { lexeme in
            let positions = lexeme.positions.map { "\($0.number)\($0.weight.text)" }.joined(separator: ",")
            return LexemeText.write(lexeme.text) + (positions.isEmpty ? "" : ":" + positions)
        }.joined(separator: " ")
    }
}

extension PostgresTSVector.Weight {
    fileprivate var text: String { ["", "C", "B", "A"][Int(rawValue)] }
}

/// A word in single quotes; quotes and backslashes in it are doubled.
enum LexemeText {
    static func read(_ cursor: inout TextCursor) -> String? {
        guard cursor.skip(UInt8(ascii: "'")) else { return nil }
        var bytes: [UInt8] = []
        while let byte = cursor.next() {
            if byte == UInt8(ascii: "'"), !cursor.skip(byte) { return String(validating: bytes, as: UTF8.self) }
            if byte == UInt8(ascii: "\\") {
                guard let escaped = cursor.next() else { return nil }
                bytes.append(escaped)
            } else {
                bytes.append(byte)
            }
        }
        return nil
    }

    static func write(_ text: String) -> String {
        "'" + text.unicodeScalars.reduce(into: "") { $0 += $1 == "'" || $1 == "\\" ? "\($1)\($1)" : String($1) } + "'"
    }
}
