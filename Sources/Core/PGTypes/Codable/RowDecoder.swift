/// Decodes one row or composite value by the names of its columns.
struct RowDecoder: Decoder {
    let row: PostgresRow
    let options: PostgresDecodableOptions
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(RowContainer<Key>(decoder: self))
    }

    /// The columns in order, regardless of their names.
    func unkeyedContainer() -> any UnkeyedDecodingContainer {
        let cells = (0..<row.count).map { CellDecoder(row: row, index: $0, options: options, outerPath: codingPath) }
        return CellListContainer(cells: cells, codingPath: codingPath)
    }

    /// The only column.
    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        guard row.count == 1 else { throw PostgresDecodingError(.wrongColumnCount, target: PostgresRow.self) }
        return CellDecoder(row: row, index: 0, options: options, outerPath: codingPath)
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

    // The most frequent types, without a run-time check of the type.
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try known(type, key) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try known(type, key) }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try known(type, key) }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try known(type, key) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try known(type, key) }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try known(type, key) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try known(type, key) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try known(type, key) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try known(type, key) }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try known(type, key) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try known(type, key) }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try known(type, key) }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try known(type, key) }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try known(type, key) }

    private func known<T: PostgresDecodable>(_: T.Type, _ key: Key) throws(PostgresDecodingError) -> T {
        try decoder.row[try decoder.row.columns.index(of: name(of: key), for: T.self), as: T.self]
    }

    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        let name = name(of: key)
        if case .missing = decoder.row.columns.lookUp(name) { return nil }
        let cell = try cell(key, type)
        return cell.decodeNil() ? nil : try cell.decode(type)
    }

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
        return CellDecoder(row: decoder.row, index: index, options: decoder.options, outerPath: codingPath, key: key)
    }
}
