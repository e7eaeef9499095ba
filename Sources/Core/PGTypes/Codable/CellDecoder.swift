/// Decodes one value of a row.
struct CellDecoder: Decoder, SingleValueDecodingContainer {
    let row: PostgresRow
    let index: Int
    let options: PostgresDecodableOptions
    let outerPath: [any CodingKey]
    var key: (any CodingKey)?
    var codingPath: [any CodingKey] { key.map { outerPath + [$0] } ?? outerPath }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    func decodeNil() -> Bool { row.isNull(at: index) }

    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        let column = row.columns[index].type.underlying
        let json = column == .json || column == .jsonb ? options.json : nil
        if let known = type as? any PostgresDecodable.Type {
            do throws(PostgresDecodingError) {
                if let value = try decode(known: known) as? T { return value }
            } catch {
                // An array in JSON is not a PostgreSQL array.
                guard json != nil, error.code == .typeMismatch else { throw error }
            }
        }
        if let json {
            let text = try row[index, as: PostgresRawJSON.self].text
            // The decoder's own error is dropped, as it may quote the value.
            guard let value = try? json.decode(type, fromJSON: Array(text.utf8)) else {
                throw PostgresDecodingError(
                    .custom, type: column, target: type, column: row.columns[index].name, index: index)
            }
            return value
        }
        return try T(from: self)
    }

    private func decode<T: PostgresDecodable>(known _: T.Type) throws(PostgresDecodingError) -> T {
        try row[index, as: T.self]
    }

    /// The fields of a composite value.
    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        RowDecoder(row: try row[index, as: PostgresRow.self], options: options, codingPath: codingPath)
            .container(keyedBy: type)
    }

    /// The elements of a one-dimensional array, each as a row with one column.
    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let elements = try row[index, as: [ElementRow].self]
        let cells = elements.map { CellDecoder(row: $0.row, index: 0, options: options, outerPath: codingPath) }
        return CellListContainer(cells: cells, codingPath: codingPath)
    }
}

/// An array's element as a row, until the type to decode is known.
private struct ElementRow: PostgresDecodable {
    let row: PostgresRow

    init(decoding value: PostgresValue) throws(PostgresDecodingError) {
        row = try PostgresRow(
            only: unsafe value.bytes.withUnsafeBytes { unsafe Array($0) }, type: value.type, value.format)
    }

    static func decodingNull(of type: PostgresType) throws(PostgresDecodingError) -> ElementRow {
        ElementRow(row: try PostgresRow(only: nil, type: type, .binary))
    }

    private init(row: PostgresRow) { self.row = row }
}

struct CellListContainer: UnkeyedDecodingContainer {
    let cells: [CellDecoder]
    let codingPath: [any CodingKey]
    private(set) var currentIndex = 0
    var count: Int? { cells.count }
    var isAtEnd: Bool { currentIndex >= cells.count }

    init(cells: [CellDecoder], codingPath: [any CodingKey]) {
        self.cells = cells
        self.codingPath = codingPath
    }

    mutating func decodeNil() throws -> Bool {
        let isNil = try cell().decodeNil()
        if isNil { currentIndex += 1 }
        return isNil
    }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        let value = try cell().decode(type)
        currentIndex += 1
        return value
    }

    mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        let container = try cell().container(keyedBy: type)
        currentIndex += 1
        return container
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let container = try cell().unkeyedContainer()
        currentIndex += 1
        return container
    }

    mutating func superDecoder() throws -> any Decoder {
        let cell = try cell()
        currentIndex += 1
        return cell
    }

    private func cell() throws(PostgresDecodingError) -> CellDecoder {
        guard !isAtEnd else {
            throw PostgresDecodingError(.missingColumn, target: PostgresRow.self, index: currentIndex)
        }
        return cells[currentIndex]
    }
}
