/// One column of a result, as the server describes it.
///
/// Source: PostgreSQL, protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-ROWDESCRIPTION
public struct PostgresColumn: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// The type of its values.
    public var type: PostgresType
    /// In which format its values come.
    public var format: PostgresFormat
    /// The table it is of; 0 if it is none's.
    public var tableOID: UInt32
    /// Its number in the table, from 1; 0 if it is none's.
    public var attributeNumber: Int16
    /// `atttypmod`: the length of a `varchar(n)`, for instance; −1 if there is none.
    public var typeModifier: Int32

    /// A column.
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
    // More than a few are looked up by name here; −1 for a name that several have.
    private let indices: [String: Int]

    /// Columns in their order.
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
    /// How many there are.
    @inlinable public var endIndex: Int { columns.count }
    /// The column at a place that exists.
    @inlinable public subscript(index: Int) -> PostgresColumn { columns[index] }

    enum Lookup {
        case found(Int)
        case missing
        case ambiguous
    }

    /// - Complexity: O(1), among up to eight columns O(*n*).
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

    /// The place of the only column with that name.
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
