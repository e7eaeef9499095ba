import PGTypes

/// Encodes tuples as rows of a COPY: in binary format if the values of each column support it, otherwise in text
/// format.
///
///     "PGCOPY\n\377\r\n\0" | Int32 flags | Int32 length of an extension
///     Int16 count | count × (Int32 length, −1 for NULL | bytes)     for each row
///     Int16 −1
///
/// Source: PostgreSQL, sql-copy.html, “Binary Format”
@usableFromInline
struct CopyRowEncoder {
    @usableFromInline let columns: PostgresColumns
    @usableFromInline let types: [PostgresType]
    @usableFromInline let isBinary: Bool
    @usableFromInline var writer = PostgresWriter()
    @usableFromInline var rowCount = 0

    @usableFromInline
    init(_ columns: PostgresColumns, isBinary: Bool) {
        self.columns = columns
        types = columns.map(\.type)
        self.isBinary = isBinary
        guard isBinary else { return }
        writer.write(contentsOf: Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00])
        writer.write(Int32(0))
        writer.write(Int32(0))
    }

    /// Returns the bytes written since the last call.
    @usableFromInline
    mutating func take() -> [UInt8] {
        defer { writer.removeAll() }
        return writer.bytes
    }

    @inlinable
    mutating func append<each Value: PostgresEncodable>(
        _ row: (repeat each Value), _ origin: SourceLocation
    ) throws(PostgresError) {
        rowCount += 1
        if isBinary { writer.write(Int16(clamping: columns.count)) }
        var index = 0
        do throws(PostgresEncodingError) {
            for value in repeat each row {
                if isBinary {
                    try writer.writeField(value, as: types[index], in: .binary)
                } else {
                    try appendText(value, index)
                }
                index += 1
            }
        } catch {
            throw located(error, index, origin)
        }
        if !isBinary { writer.write("\n") }
    }

    @usableFromInline
    func located(_ error: PostgresEncodingError, _ index: Int, _ origin: SourceLocation) -> PostgresError {
        var located = PostgresError(.encoding, "row \(rowCount), column \"\(columns[index].name)\": \(error)")
        located.encoding = error
        located.origin = origin
        return located
    }

    /// Returns the bytes written since the last call, with the trailer.
    @usableFromInline
    mutating func takeAll() -> [UInt8] {
        if isBinary { writer.write(Int16(-1)) }
        return take()
    }

    @usableFromInline
    mutating func appendText(
        _ value: some PostgresEncodable, _ index: Int
    ) throws(PostgresEncodingError) {
        var field: [UInt8] = index > 0 ? [UInt8(ascii: "\t")] : []
        if value.isPostgresNull {
            CopyText.appendNull(to: &field)
        } else {
            var text = PostgresWriter()
            try value.encode(into: &text, as: types[index], in: .text)
            CopyText.append(text.bytes, to: &field)
        }
        writer.write(contentsOf: field)
    }
}
