/// Writes the elements of one array one after the other.
///
/// See ``PostgresArrayReader`` for the wire form.
public struct PostgresArrayWriter: Sendable {
    @usableFromInline var writer: PostgresWriter
    @usableFromInline let start: Int
    @usableFromInline let nesting: Int
    @usableFromInline let elementType: PostgresType
    @usableFromInline let format: PostgresFormat
    @usableFromInline let delimiter: UInt8
    // Whether this is an `int2vector` or `oidvector`: one dimension, counted from 0, without braces.
    @usableFromInline let isVector: Bool
    // The number of elements of each dimension; −1 until an array of that dimension has been opened.
    @usableFromInline var counts: [Int]
    @usableFromInline var depth = 0
    @usableFromInline var hasNulls = false
    @usableFromInline var total = 0
    @usableFromInline var isFirst = true

    @inlinable
    init(of type: PostgresType, nesting: Int, format: PostgresFormat, taking writer: inout PostgresWriter) {
        // Moved out of `writer`, so that the buffer has a single reference while it grows.
        self.writer = writer
        writer = PostgresWriter()
        self.nesting = nesting
        self.format = format
        start = self.writer.count
        elementType = type.element ?? .unspecified
        delimiter = type.arrayDelimiter
        isVector = type.isVector
        counts = Array(repeating: -1, count: nesting)
        guard format == .binary else { return }
        self.writer.write(Int32(nesting))
        self.writer.write(Int32(0))
        self.writer.write(elementType.oid)
        // The counts are filled in at the end.
        for _ in 0..<nesting { self.writer.write(UInt64(isVector ? 0 : 1)) }
    }

    /// Begins a nested array.
    @inlinable
    mutating func open<Source>(_ count: Int, _ source: Source.Type) throws(PostgresEncodingError) {
        guard nesting <= (isVector ? 1 : 6), depth < nesting, count <= Int32.max else {
            throw PostgresEncodingError(.tooLarge, type: elementType, source: source)
        }
        guard counts[depth] == -1 || counts[depth] == count else {
            throw PostgresEncodingError(.raggedArray, type: elementType, source: source)
        }
        counts[depth] = count
        depth += 1
        guard format == .text, !isVector else { return }
        separate()
        writer.storage.append(UInt8(ascii: "{"))
        isFirst = true
    }

    @inlinable
    mutating func close() {
        depth -= 1
        guard format == .text, !isVector else { return }
        writer.storage.append(UInt8(ascii: "}"))
        isFirst = false
    }

    /// Appends one element that is not an array.
    @inlinable
    public mutating func append<Element: PostgresEncodable>(_ element: Element) throws(PostgresEncodingError) {
        total += 1
        if format == .text { return try appendText(element) }
        if element.isPostgresNull {
            hasNulls = true
            return writer.writeNull()
        }
        let type = elementType
        try writer.lengthPrefixed { (writer) throws(PostgresEncodingError) in
            try element.encode(into: &writer, as: type, in: .binary)
        }
    }

    @usableFromInline
    mutating func appendText<Element: PostgresEncodable>(_ element: Element) throws(PostgresEncodingError) {
        separate()
        isFirst = false
        if element.isPostgresNull { return writer.write("NULL") }
        var text = PostgresWriter()
        try element.encode(into: &text, as: elementType, in: .text)
        ArrayText.appendQuoted(text.bytes, delimiter: delimiter, to: &writer)
    }

    @usableFromInline
    mutating func separate() {
        if !isFirst { writer.storage.append(delimiter) }
    }

    /// Fills in the header.
    @inlinable
    mutating func finish() {
        if total == 0, !isVector {
            // No elements: an array without dimensions.
            writer.truncate(to: format == .binary ? start + 12 : start)
            if format == .binary { writer.patch(0, at: start) } else if nesting > 0 { writer.write("{}") }
            return
        }
        guard format == .binary else { return }
        writer.patch(hasNulls ? 1 : 0, at: start + 4)
        for (dimension, count) in counts.enumerated() {
            writer.patch(Int32(clamping: count), at: start + 12 + 8 * dimension)
        }
    }
}
