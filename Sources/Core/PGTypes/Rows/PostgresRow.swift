/// One row of a result, or one composite value.
///
/// ```swift
/// let (id, name) = try row.decode((Int, String?).self)
/// let age = try row["age", as: Int?.self]
/// let user = try row.decode(User.self)  // any Decodable, by the columns' names
/// ```
public struct PostgresRow: Sendable {
    @usableFromInline let storage: PostgresRowStorage
    @usableFromInline let firstCell: Int

    @inlinable
    init(storage: PostgresRowStorage, firstCell: Int) {
        self.storage = storage
        self.firstCell = firstCell
    }

    /// What the row consists of.
    public var columns: PostgresColumns { storage.columns }
    /// How many columns there are.
    @inlinable public var count: Int { storage.columnCount }

    /// All columns, in their order: `try row.decode((Int, String?).self)`; or the only one: `try row.decode(Int.self)`.
    ///
    /// - Throws: `wrongColumnCount` unless there are as many columns, and what the values throw.
    @inlinable
    public func decode<each Value: PostgresDecodable>(
        _: (repeat each Value).Type = (repeat each Value).self
    ) throws(PostgresDecodingError) -> (repeat each Value) {
        try storage.decode(from: firstCell, (repeat each Value).self)
    }

    /// The value of the column at `index`, counted from 0.
    ///
    /// - Throws: `missingColumn` if there is none, and what the value throws.
    @inlinable
    public subscript<Value: PostgresDecodable>(index: Int, as type: Value.Type = Value.self) -> Value {
        get throws(PostgresDecodingError) {
            guard (0..<count).contains(index) else {
                throw PostgresDecodingError(.missingColumn, target: Value.self, index: index)
            }
            return try storage.value(firstCell, index, Value.self)
        }
    }

    /// The value of the only column with that name.
    ///
    /// - Throws: `missingColumn`, `ambiguousColumn`, and what the value throws.
    @inlinable
    public subscript<Value: PostgresDecodable>(name: String, as type: Value.Type = Value.self) -> Value {
        get throws(PostgresDecodingError) {
            try storage.value(firstCell, try storage.columns.index(of: name, for: Value.self), Value.self)
        }
    }

    /// Whether the column at `index` is NULL; also where there is none.
    public func isNull(at index: Int) -> Bool {
        !(0..<count).contains(index) || storage.cells[firstCell + index].length < 0
    }
}
