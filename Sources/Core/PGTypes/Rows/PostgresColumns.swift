/// One column of a result, as described by the server.
///
/// Source: PostgreSQL, protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-ROWDESCRIPTION
public struct PostgresColumn: Hashable, Sendable {
    /// The column's name.
    public var name: String
    /// The type of its values.
    public var type: PostgresType
    /// The wire format of its values.
    public var format: PostgresFormat
    /// The OID of the column's table; 0 if it does not come from a table.
    public var tableOID: UInt32
    /// The column's number in the table, from 1; 0 if it does not come from a table.
    public var attributeNumber: Int16
    /// `atttypmod`, for example the length of a `varchar(n)`; −1 if there is none.
    public var typeModifier: Int32

    /// Creates a column.
    public init(
        name: String, type: PostgresType, format: PostgresFormat = .binary, tableOID: UInt32 = 0,
        attributeNumber: Int16 = 0,
        typeModifier: Int32 = -1
    ) {
        self.name = name
        self.type = type
        self.format = format
        self.tableOID = tableOID
        self.attributeNumber = attributeNumber
        self.typeModifier = typeModifier
    }
}

/// The columns of a result, shared by all its rows.
public final class PostgresColumns: RandomAccessCollection, Sendable {
    @usableFromInline let columns: [PostgresColumn]
    // The index for lookup by name, used above a few columns; −1 for a name that several columns have.
    private let indices: [String: Int]

    /// Creates a list of columns.
    public init(_ columns: [PostgresColumn]) {
        self.columns = columns
        guard columns.count > 8 else {
            indices = [:]
            return
        }
        indices = Dictionary(columns.enumerated().map { ($1.name, $0) }) { _, _ in -1 }
    }

    /// 0.
    @inlinable public var startIndex: Int { 0 }
    /// The number of columns.
    @inlinable public var endIndex: Int { columns.count }
    /// The column at a valid index.
    @inlinable public subscript(index: Int) -> PostgresColumn { columns[index] }

    enum Lookup {
        case found(Int)
        case missing
        case ambiguous
    }

    /// - Complexity: O(1); up to eight columns, O(*n*).
    func lookUp(_ name: String) -> Lookup {
        if columns.count > 8 {
            guard let index = indices[name] else { return .missing }
            return index == -1 ? .ambiguous : .found(index)
        }
        var found: Int?
        for (index, column) in columns.enumerated() where column.name == name {
            if found != nil { return .ambiguous }
            found = index
        }
        return found.map(Lookup.found) ?? .missing
    }

    /// The index of the only column with that name.
    ///
    /// - Throws: `missingColumn` or `ambiguousColumn`.
    public func index<Target>(of name: String, for target: Target.Type) throws(PostgresDecodingError) -> Int {
        switch lookUp(name) {
        case .found(let index): return index
        case .missing: throw PostgresDecodingError(.missingColumn, target: target, column: name)
        case .ambiguous: throw PostgresDecodingError(.ambiguousColumn, target: target, column: name)
        }
    }
}
