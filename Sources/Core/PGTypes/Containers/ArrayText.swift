/// The text form of arrays: `{1,NULL,"a b"}`, `[2:3]={7,8}`.
///
/// Source: PostgreSQL, arrays.html#ARRAYS-IO
@usableFromInline
enum ArrayText {
    /// Converts the text to the binary layout of an array, with elements in text format; `nil` if it is malformed.
    ///
    /// - Complexity: O(*n*), and at most five times the memory of the text.
    @usableFromInline
    static func toBinaryLayout(_ text: RawSpan, delimiter: UInt8) -> [UInt8]? {
        var cursor = TextCursor(text)
        if delimiter == UInt8(ascii: " ") { return vectorToBinaryLayout(&cursor) }
        var bounds: [(lower: Int32, count: Int)] = []
        while cursor.skip(UInt8(ascii: "[")) {
            guard bounds.count < 6, let lower = cursor.signed(), let first = Int32(exactly: lower) else { return nil }
            guard cursor.skip(UInt8(ascii: ":")), let upper = cursor.signed(), Int32(exactly: upper) != nil else {
                return nil
            }
            guard cursor.skip(UInt8(ascii: "]")), upper >= lower else { return nil }
            bounds.append((first, Int(upper - lower + 1)))
        }
        if !bounds.isEmpty { guard cursor.skip(UInt8(ascii: "=")) else { return nil } }

        var body = PostgresWriter(), counts: [Int] = [], current: [Int] = [], total = 0
        var leafDepth: Int?
        repeat {
            // At the start of an element or of a nested array.
            if cursor.skip(UInt8(ascii: "{")) {
                guard current.count < 6, leafDepth.map({ current.count < $0 }) ?? true else { return nil }
                current.append(0)
                if counts.count < current.count { counts.append(-1) }
                if cursor.peek != UInt8(ascii: "}") { continue }
            } else {
                guard !current.isEmpty, leafDepth ?? current.count == current.count else { return nil }
                leafDepth = current.count
                guard appendElement(&cursor, delimiter: delimiter, to: &body) else { return nil }
                current[current.count - 1] += 1
                total += 1
            }
            // At the end of an element or of a nested array.
            while cursor.skip(UInt8(ascii: "}")) {
                guard let count = current.popLast() else { return nil }
                guard counts[current.count] == -1 || counts[current.count] == count else { return nil }
                counts[current.count] = count
                if current.isEmpty { return cursor.isAtEnd ? header(counts, bounds, total) + body.bytes : nil }
                current[current.count - 1] += 1
            }
            guard cursor.skip(delimiter) else { return nil }
        } while true
    }

    /// Converts `int2vector` and `oidvector`: numbers separated by blanks, counted from 0.
    private static func vectorToBinaryLayout(_ cursor: inout TextCursor) -> [UInt8]? {
        var body = PostgresWriter(), count = 0
        while !cursor.isAtEnd {
            let bytes = cursor.bytes { $0 != UInt8(ascii: " ") }
            body.write(Int32(clamping: bytes.count))
            body.write(contentsOf: bytes)
            count += 1
            if !cursor.isAtEnd { guard cursor.skip(UInt8(ascii: " ")), !cursor.isAtEnd else { return nil } }
        }
        return header([count], [(0, count)], count) + body.bytes
    }

    /// Writes the header. Bounds that do not match the elements make an invalid header, which the reader rejects.
    private static func header(_ counts: [Int], _ bounds: [(lower: Int32, count: Int)], _ total: Int) -> [UInt8] {
        var header = PostgresWriter()
        let isConsistent = bounds.isEmpty || bounds.map(\.count) == counts
        // The reader rejects seven dimensions.
        header.write(Int32(!isConsistent ? 7 : total == 0 ? 0 : counts.count))
        header.write(Int32(0))
        header.write(UInt32(0))
        guard total > 0 else { return header.bytes }
        for (dimension, count) in counts.enumerated() {
            header.write(Int32(clamping: count))
            header.write(isConsistent && !bounds.isEmpty ? bounds[dimension].lower : 1)
        }
        return header.bytes
    }

    private static func appendElement(_ cursor: inout TextCursor, delimiter: UInt8, to body: inout PostgresWriter)
        -> Bool
    {
        if cursor.peek == UInt8(ascii: "\"") {
            guard let element = cursor.quoted() else { return false }
            body.write(Int32(clamping: element.count))
            body.write(contentsOf: element)
            return true
        }
        var element: [UInt8] = [], isEscaped = false
        while let byte = cursor.peek, byte != delimiter, byte != UInt8(ascii: "}") {
            guard byte != UInt8(ascii: "{"), byte != UInt8(ascii: "\"") else { return false }
            cursor.advance()
            if byte == UInt8(ascii: "\\") {
                guard let escaped = cursor.next() else { return false }
                element.append(escaped)
                isEscaped = true
            } else {
                element.append(byte)
            }
        }
        guard !element.isEmpty else { return false }
        if !isEscaped, element.count == 4, element.map({ $0 | 0x20 }) == Array("null".utf8) {
            body.writeNull()
        } else {
            body.write(Int32(clamping: element.count))
            body.write(contentsOf: element)
        }
        return true
    }

    /// Appends an element, quoted if necessary.
    static func appendQuoted(_ element: [UInt8], delimiter: UInt8, to writer: inout PostgresWriter) {
        let isSpecial = element.contains { byte in
            byte == delimiter || " \t\n\r\u{b}\u{c}{}\"\\".utf8.contains(byte)
        }
        let isNull = element.count == 4 && element.map { $0 | 0x20 } == Array("null".utf8)
        if !isSpecial && !isNull && !element.isEmpty { return writer.write(contentsOf: element) }
        writer.write("\"")
        for byte in element {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { writer.write("\\") }
            writer.write(byte)
        }
        writer.write("\"")
    }
}
