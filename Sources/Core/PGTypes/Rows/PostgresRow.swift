/// One row of a result, or one composite value.
///
/// ```swift
/// let (id, name) = try row.decode((Int, String?).self)
/// let age = try row["age", as: Int?.self]
/// let user = try row.decode(User.self)  // any Decodable, by column names
/// ```
public struct PostgresRow: Sendable {
    @usableFromInline let storage: PostgresRowStorage
    @usableFromInline let firstCell: Int

    @inlinable
    init(storage: PostgresRowStorage, firstCell: Int) {
        self.storage = storage
        self.firstCell = firstCell
    }

    /// The columns of the row.
    public var columns: PostgresColumns { storage.columns }
    /// The number of columns.
    @inlinable public var count: Int { storage.columnCount }

    /// Decodes all columns in order, `try row.decode((Int, String?).self)`, or the only one, `try
    /// row.decode(Int.self)`.
    ///
    /// - Throws: `wrongColumnCount` if the number of columns differs, and the errors of the values.
    @inlinable
    public func decode<each Value: PostgresDecodable>(
        _: (repeat each Value).Type = (repeat each Value).self
    ) throws(PostgresDecodingError) -> (repeat each Value) {
        try storage.decode(from: firstCell, (repeat each Value).self)
    }

    /// The value of the column at `index`, counted from 0.
    ///
    /// - Throws: `missingColumn` if there is no such column, and the errors of the value.
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
    /// - Throws: `missingColumn`, `ambiguousColumn`, and the errors of the value.
    @inlinable
    public subscript<Value: PostgresDecodable>(name: String, as type: Value.Type = Value.self) -> Value {
        get throws(PostgresDecodingError) {
            try storage.value(firstCell, try storage.columns.index(of: name, for: Value.self), Value.self)
        }
    }

    /// Whether the column at `index` is NULL or does not exist.
    public func isNull(at index: Int) -> Bool {
        !(0..<count).contains(index) || storage.cells[firstCell + index].length < 0
    }
}
