/// Decodes one row, or composite value, by its columns' names.
struct RowDecoder: Decoder {
    let row: PostgresRow
    let options: PostgresDecodableOptions
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(RowContainer<Key>(decoder: self))
    }

    /// The columns in their order, whatever their names.
    func unkeyedContainer() -> any UnkeyedDecodingContainer {
        let cells = (0..<row.count).map { CellDecoder(row: row, index: $0, options: options, codingPath: codingPath) }
        return CellListContainer(cells: cells, codingPath: codingPath)
    }

    /// The only column.
    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        guard row.count == 1 else { throw PostgresDecodingError(.wrongColumnCount, target: PostgresRow.self) }
        return CellDecoder(row: row, index: 0, options: options, codingPath: codingPath)
    }
}

private struct RowContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: RowDecoder
    var codingPath: [any CodingKey] { decoder.codingPath }
    var allKeys: [Key] { decoder.row.columns.compactMap { Key(stringValue: $0.name) } }

    func contains(_ key: Key) -> Bool {
        if case .missing = decoder.row.columns.lookUp(name(of: key)) { false } else { true }
    }

    func decodeNil(forKey key: Key) throws -> Bool { try cell(key, PostgresRow.self).decodeNil() }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try cell(key, type).decode(type) }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { try cell(key, PostgresRow.self).container(keyedBy: type) }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try cell(key, PostgresRow.self).unkeyedContainer()
    }

    func superDecoder() -> any Decoder { decoder }

    func superDecoder(forKey key: Key) throws -> any Decoder { try cell(key, PostgresRow.self) }

    private func name(of key: Key) -> String { decoder.options.keys.column(key.stringValue) }

    private func cell<Target>(_ key: Key, _ target: Target.Type) throws(PostgresDecodingError) -> CellDecoder {
        let index = try decoder.row.columns.index(of: name(of: key), for: target)
        return CellDecoder(row: decoder.row, index: index, options: decoder.options, codingPath: codingPath + [key])
    }
}
