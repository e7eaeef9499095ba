/// The rows of one result that were received together.
///
/// All their bytes share one buffer; the position of each value is checked once, when its row is appended. A row is two
/// words, and neither a row nor a value allocates memory.
public struct PostgresRows: RandomAccessCollection, Sendable {
    @usableFromInline let storage: PostgresRowStorage

    /// The columns of the rows.
    public var columns: PostgresColumns { storage.columns }
    /// 0.
    @inlinable public var startIndex: Int { 0 }
    /// The number of rows.
    @inlinable public var endIndex: Int { storage.rowCount }

    /// The row at a valid index.
    @inlinable public subscript(index: Int) -> PostgresRow {
        precondition((0..<storage.rowCount).contains(index), "there is no such row")
        return PostgresRow(storage: storage, firstCell: index * storage.columnCount)
    }

    /// Decodes all rows as tuples: `try rows.decode((Int, String?).self)`.
    @inlinable
    public func decode<each Value: PostgresDecodable>(
        _: (repeat each Value).Type = (repeat each Value).self
    ) throws(PostgresDecodingError) -> [(repeat each Value)] {
        var values: [(repeat each Value)] = []
        values.reserveCapacity(count)
        for index in 0..<storage.rowCount {
            values.append(try storage.decode(from: index * storage.columnCount, (repeat each Value).self))
        }
        return values
    }

    /// Collects rows.
    public struct Builder: Sendable {
        private let columns: PostgresColumns
        private var bytes: [UInt8] = []
        private var cells: [PostgresRowStorage.Cell] = []
        private var rowCount = 0

        /// Creates a builder for rows with these columns.
        public init(_ columns: PostgresColumns) { self.columns = columns }

        /// The number of bytes collected.
        public var byteCount: Int { bytes.count }
        /// The number of rows collected.
        public var count: Int { rowCount }

        /// Appends a copy of one row, given the body of its DataRow message.
        ///
        ///     Int16 column count | column count × (Int32 length, −1 for NULL | bytes)
        ///
        /// - Throws: `wrongColumnCount` or `malformed`; then nothing was appended.
        public mutating func append(dataRow body: RawSpan) throws(PostgresDecodingError) {
            let start = cells.count
            guard let code = appendCells(of: body) else {
                unsafe body.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
                rowCount += 1
                return
            }
            cells.removeLast(cells.count - start)
            throw PostgresDecodingError(code, target: PostgresRow.self)
        }

        /// Records the position of each value; `nil` if the row is complete.
        private mutating func appendCells(of body: RawSpan) -> PostgresDecodingError.Code? {
            guard body.byteCount >= 2 else { return .malformed }
            let count = Int(UInt16(bigEndian: unsafe body.unsafeLoadUnaligned(as: UInt16.self)))
            guard count == columns.count else { return .wrongColumnCount }
            // Positions are 32 bits.
            let base = bytes.count, end = body.byteCount
            guard base <= Int(UInt32.max) - end else { return .malformed }
            var position = 2
            for _ in 0..<count {
                guard end - position >= 4 else { return .malformed }
                let length = Int32(bigEndian: unsafe body.unsafeLoadUnaligned(fromByteOffset: position, as: Int32.self))
                position += 4
                guard length >= -1, end - position >= Int(length) else { return .malformed }
                cells.append(.init(offset: UInt32(truncatingIfNeeded: base + position), length: length))
                position += length < 0 ? 0 : Int(length)
            }
            return position == end ? nil : .malformed
        }

        /// Returns the rows; the builder is empty afterwards.
        public mutating func finish() -> PostgresRows {
            let storage = PostgresRowStorage(columns: columns, bytes: bytes, cells: cells, rowCount: rowCount)
            (bytes, cells, rowCount) = ([], [], 0)
            return PostgresRows(storage: storage)
        }
    }
}
