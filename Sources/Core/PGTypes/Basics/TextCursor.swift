/// Reads text forms byte by byte, never past the end.
struct TextCursor: ~Escapable {
    private let text: RawSpan
    private var position = 0

    @_lifetime(copy text)
    init(_ text: RawSpan) { self.text = text }

    var isAtEnd: Bool { position >= text.byteCount }
    var peek: UInt8? { isAtEnd ? nil : unsafe text.unsafeLoad(fromByteOffset: position, as: UInt8.self) }

    @_lifetime(self: copy self)
    mutating func advance() { position += isAtEnd ? 0 : 1 }

    @_lifetime(self: copy self)
    mutating func next() -> UInt8? {
        defer { advance() }
        return peek
    }

    /// Skips the next byte if it is `byte`; returns whether it was.
    @_lifetime(self: copy self)
    mutating func skip(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        position += 1
        return true
    }

    /// Skips the next bytes if they are `word`; returns whether they were.
    @_lifetime(self: copy self)
    mutating func skip(_ word: StaticString) -> Bool {
        let start = position
        for index in 0..<word.utf8CodeUnitCount where !skip(unsafe word.utf8Start[index]) {
            position = start
            return false
        }
        return true
    }

    /// Reads the bytes up to the first that is not wanted.
    @_lifetime(self: copy self)
    mutating func bytes(while isWanted: (UInt8) -> Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        while let byte = peek, isWanted(byte) {
            bytes.append(byte)
            position += 1
        }
        return bytes
    }

    /// Reads at least one and at most `limit` decimal digits, at most 18.
    @_lifetime(self: copy self)
    mutating func digits(atMost limit: Int = 18) -> (value: Int64, count: Int)? {
        var value: Int64 = 0, count = 0
        while let byte = peek, byte >= 0x30, byte <= 0x39 {
            guard count < limit else { return nil }
            value = value &* 10 &+ Int64(byte &- 0x30)
            count += 1
            position += 1
        }
        return count == 0 ? nil : (value, count)
    }

    /// Reads at most 18 decimal digits, with or without a sign.
    @_lifetime(self: copy self)
    mutating func signed() -> Int64? {
        let isNegative = skip(UInt8(ascii: "-"))
        if !isNegative { _ = skip(UInt8(ascii: "+")) }
        return digits().map { isNegative ? -$0.value : $0.value }
    }

    /// Reads a floating-point number as PostgreSQL writes it.
    @_lifetime(self: copy self)
    mutating func double() -> Double? {
        Double(postgres: String(decoding: bytes { "+-.0123456789eENaInfity".utf8.contains($0) }, as: UTF8.self))
    }

    /// Reads up to six digits after a decimal point, as millionths; 0 if there is no point.
    @_lifetime(self: copy self)
    mutating func microseconds() -> Int64? {
        guard skip(UInt8(ascii: ".")) else { return 0 }
        guard let (value, count) = digits(atMost: 6) else { return nil }
        return value * [1_000_000, 100_000, 10_000, 1_000, 100, 10, 1][count]
    }

    /// Reads text in double quotes, without them; quotes and backslashes in it are doubled or escaped with a backslash.
    @_lifetime(self: copy self)
    mutating func quoted() -> [UInt8]? {
        guard skip(UInt8(ascii: "\"")) else { return nil }
        var bytes: [UInt8] = []
        while let byte = next() {
            switch byte {
            case UInt8(ascii: "\\"):
                guard let escaped = next() else { return nil }
                bytes.append(escaped)
            case UInt8(ascii: "\""):
                guard skip(UInt8(ascii: "\"")) else { return bytes }
                bytes.append(byte)
            default: bytes.append(byte)
            }
        }
        return nil
    }
}

extension String {
    /// Reads the whole text with a cursor; `nil` if any is left.
    func scanned<T>(_ body: (inout TextCursor) -> T?) -> T? {
        let bytes = Array(utf8)
        var cursor = TextCursor(unsafe bytes.span.bytes)
        guard let value = body(&cursor), cursor.isAtEnd else { return nil }
        return value
    }
}
