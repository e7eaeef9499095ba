/// The text form of ranges and multiranges: `[1,5)`, `empty`, `{[1,3),[5,7)}`.
///
/// Source: PostgreSQL, rangetypes.html#RANGETYPES-IO
enum RangeText {
    /// Converts a range to the binary layout, with bounds in text format; `nil` if it is malformed.
    static func toBinaryLayout(_ text: RawSpan) -> [UInt8]? {
        var cursor = TextCursor(text)
        guard let converted = range(&cursor), cursor.isAtEnd else { return nil }
        return converted
    }

    /// Converts a multirange to the binary layout, with ranges that are converted likewise.
    static func multirangeToBinaryLayout(_ text: RawSpan) -> [UInt8]? {
        var cursor = TextCursor(text), writer = PostgresWriter(), count: Int32 = 0
        guard cursor.skip("{") else { return nil }
        writer.write(Int32(0))
        while !cursor.skip("}") {
            guard count == 0 || cursor.skip(","), let range = range(&cursor) else { return nil }
            writer.lengthPrefixed { $0.write(contentsOf: range) }
            count += 1
        }
        writer.patch(count, at: 0)
        return cursor.isAtEnd ? writer.bytes : nil
    }

    private static func range(_ cursor: inout TextCursor) -> [UInt8]? {
        if cursor.skip("empty") { return [RangeFlags.empty] }
        var flags: UInt8 = 0
        if cursor.skip("[") { flags |= RangeFlags.lowerInclusive } else { guard cursor.skip("(") else { return nil } }
        guard let lower = bound(&cursor), cursor.skip(","), let upper = bound(&cursor) else { return nil }
        if cursor.skip("]") { flags |= RangeFlags.upperInclusive } else { guard cursor.skip(")") else { return nil } }
        var writer = PostgresWriter()
        writer.write(UInt8(0))
        if let lower {
            writer.lengthPrefixed { $0.write(contentsOf: lower) }
        } else {
            flags |= RangeFlags.lowerInfinite
        }
        if let upper {
            writer.lengthPrefixed { $0.write(contentsOf: upper) }
        } else {
            flags |= RangeFlags.upperInfinite
        }
        return [flags] + writer.bytes.dropFirst()
    }

    /// Reads a bound: `.some(nil)` if there is none, `nil` if it is malformed.
    private static func bound(_ cursor: inout TextCursor) -> [UInt8]?? {
        guard let first = cursor.peek else { return nil }
        if ",)]".utf8.contains(first) { return .some(nil) }
        var bytes: [UInt8] = []
        while let byte = cursor.peek, !",)]([".utf8.contains(byte) {
            if byte == UInt8(ascii: "\"") {
                guard let quoted = cursor.quoted() else { return nil }
                bytes += quoted
                continue
            }
            cursor.advance()
            if byte == UInt8(ascii: "\\") {
                guard let escaped = cursor.next() else { return nil }
                bytes.append(escaped)
            } else {
                bytes.append(byte)
            }
        }
        return .some(bytes)
    }

    /// Appends a bound, quoted if necessary.
    static func append(
        _ bound: some PostgresEncodable, _ type: PostgresType, to writer: inout PostgresWriter
    ) throws(PostgresEncodingError) {
        var text = PostgresWriter()
        try bound.encode(into: &text, as: type, in: .text)
        let isSpecial = text.bytes.isEmpty || text.bytes.contains { ",()[]\"\\ \t\n\r\u{b}\u{c}".utf8.contains($0) }
        guard isSpecial else { return writer.write(contentsOf: text.bytes) }
        writer.write("\"")
        for byte in text.bytes {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { writer.write(byte) }
            writer.write(byte)
        }
        writer.write("\"")
    }
}
