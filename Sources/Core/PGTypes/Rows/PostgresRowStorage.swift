/// The bytes of rows, and the position of each value in them.
@usableFromInline
final class PostgresRowStorage: Sendable {
    @usableFromInline
    struct Cell: Sendable {
        @usableFromInline let offset: UInt32
        // −1 means NULL.
        @usableFromInline let length: Int32

        init(offset: UInt32, length: Int32) {
            self.offset = offset
            self.length = length
        }
    }

    @usableFromInline let columns: PostgresColumns
    @usableFromInline let bytes: [UInt8]
    // The cells of all rows, row by row. Each is checked to be inside `bytes`.
    @usableFromInline let cells: [Cell]
    @usableFromInline let rowCount: Int

    init(columns: PostgresColumns, bytes: [UInt8], cells: [Cell], rowCount: Int) {
        self.columns = columns
        self.bytes = bytes
        self.cells = cells
        self.rowCount = rowCount
    }

    @inlinable var columnCount: Int { columns.columns.count }

    @inlinable
    func decode<each Value: PostgresDecodable>(
        from firstCell: Int, _: (repeat each Value).Type
    ) throws(PostgresDecodingError) -> (repeat each Value) {
        var index = 0
        func next<T: PostgresDecodable>(_: T.Type) throws(PostgresDecodingError) -> T {
            defer { index += 1 }
            return try value(firstCell, index, T.self)
        }
        var expected = 0
        for _ in repeat (each Value).self { expected += 1 }
        guard expected == columnCount else {
            throw PostgresDecodingError(.wrongColumnCount, target: (repeat each Value).self)
        }
        return (repeat try next((each Value).self))
    }

    /// Decodes one column, which must exist.
    @inlinable
    func value<T: PostgresDecodable>(_ firstCell: Int, _ index: Int, _: T.Type) throws(PostgresDecodingError) -> T {
        let cell = cells[firstCell + index]
        do throws(PostgresDecodingError) {
            if cell.length < 0 { return try T.decodingNull(of: columns.columns[index].type) }
            let start = Int(cell.offset)
            let bytes = bytes
            let own = unsafe bytes.span.bytes.extracting(start..<(start + Int(cell.length)))
            return try T(
                decoding: PostgresValue(
                    own, type: columns.columns[index].type, format: columns.columns[index].format))
        } catch {
            throw located(error, index)
        }
    }

    @usableFromInline
    func located(_ error: PostgresDecodingError, _ index: Int) -> PostgresDecodingError {
        var error = error
        // A field of a composite value adds its own name after that of its column.
        error.column = columns.columns[index].name + (error.column.map { "." + $0 } ?? "")
        error.index = index
        return error
    }
}
