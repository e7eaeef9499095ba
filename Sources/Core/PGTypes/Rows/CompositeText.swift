/// The text form of composite values: `(1,"a b",)`.
///
/// Source: PostgreSQL, rowtypes.html#ROWTYPES-IO-SYNTAX
@usableFromInline
enum CompositeText {
    /// Reads the fields, `nil` for NULL. The result is `nil` if the text is malformed.
    static func read(_ text: RawSpan) -> [[UInt8]?]? {
        var cursor = TextCursor(text), fields: [[UInt8]?] = []
        guard cursor.skip("(") else { return nil }
        repeat {
            var bytes: [UInt8] = [], isQuoted = false
            while let byte = cursor.peek, byte != UInt8(ascii: ","), byte != UInt8(ascii: ")") {
                if byte == UInt8(ascii: "\"") {
                    guard let quoted = cursor.quoted() else { return nil }
                    bytes += quoted
                    isQuoted = true
                    continue
                }
                cursor.advance()
                guard byte != UInt8(ascii: "\\") || !cursor.isAtEnd else { return nil }
                bytes.append(byte == UInt8(ascii: "\\") ? cursor.next() ?? byte : byte)
            }
            fields.append(bytes.isEmpty && !isQuoted ? nil : bytes)
        } while cursor.skip(",")
        return cursor.skip(")") && cursor.isAtEnd ? fields : nil
    }

    /// Appends a field, quoted if necessary.
    @usableFromInline
    static func append(_ field: [UInt8], to writer: inout PostgresWriter) {
        let isSpecial = field.isEmpty || field.contains { ",()\"\\ \t\n\r\u{b}\u{c}".utf8.contains($0) }
        guard isSpecial else { return writer.write(contentsOf: field) }
        writer.write("\"")
        for byte in field {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { writer.write(byte) }
            writer.write(byte)
        }
        writer.write("\"")
    }
}
