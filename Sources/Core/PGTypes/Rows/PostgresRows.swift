/// Rows of one result that were received together.
///
/// All their bytes lie in one buffer; where each value lies was checked when its row was appended, once. A row is two
/// words, and no memory is taken for a row or a value.
public struct PostgresRows: RandomAccessCollection, Sendable {
    @usableFromInline let storage: PostgresRowStorage

    /// What the rows consist of.
    public var columns: PostgresColumns { storage.columns }
    /// 0.
    @inlinable public var startIndex: Int { 0 }
    /// How many there are.
    @inlinable public var endIndex: Int { storage.rowCount }

    /// The row at a place that exists.
    @inlinable public subscript(index: Int) -> PostgresRow {
        precondition((0..<storage.rowCount).contains(index), "there is no such row")
        return PostgresRow(storage: storage, firstCell: index * storage.columnCount)
    }

    /// All rows as tuples: `try rows.decode((Int, String?).self)`.
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

        /// No rows yet of these columns.
        public init(_ columns: PostgresColumns) { self.columns = columns }

        /// How many bytes have been collected.
        public var byteCount: Int { bytes.count }
        /// How many rows have been collected.
        public var count: Int { rowCount }

        /// Appends one row: the body of a DataRow message, copied.
        ///
        ///     Int16 column count | column count × (Int32 length, −1 for NULL | bytes)
        ///
        /// - Throws: `wrongColumnCount` or `malformed`; nothing was appended then.
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

        /// Notes where each value lies; `nil` if the row is whole.
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

        /// The rows; the builder begins anew.
        public mutating func finish() -> PostgresRows {
            let storage = PostgresRowStorage(columns: columns, bytes: bytes, cells: cells, rowCount: rowCount)
            (bytes, cells, rowCount) = ([], [], 0)
            return PostgresRows(storage: storage)
        }
    }
}
