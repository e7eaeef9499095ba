package import PGWire

/// The result of a SHOW: columns and rows of text; a `nil` cell is NULL.
///
/// One function per SHOW makes one from the rows the daemon gathered, see `Show/`.
package struct ShowTable: Hashable, Sendable {
    package struct Column: Hashable, Sendable {
        package var name: String
        package var type: ColumnType
    }

    /// The types the console uses; always in text format.
    package enum ColumnType: String, Hashable, Sendable {
        case text, int4, int8, numeric, bytea

        /// The number PostgreSQL gives the type.
        ///
        /// Source: PostgreSQL, pg_type.dat
        package var oid: Int32 {
            switch self {
            case .text: 25
            case .int4: 23
            case .int8: 20
            case .numeric: 1700
            case .bytea: 17
            }
        }

        package var size: Int16 {
            switch self {
            case .int4: 4
            case .int8: 8
            case .text, .numeric, .bytea: -1
            }
        }
    }

    package let columns: [Column]
    package let rows: [[String?]]

    /// Makes columns of one type, in the order of `names`.
    static func columns(_ type: ColumnType, _ names: String...) -> [Column] {
        names.map { Column(name: $0, type: type) }
    }

    /// Writes RowDescription and one DataRow for each row.
    package func encode(into writer: inout WireWriter) {
        writer.rowDescription(
            columns.map { ColumnDescription(name: $0.name, typeOID: $0.type.oid, typeSize: $0.type.size) })
        for row in rows { writer.dataRow(row.map { $0.map { Array($0.utf8) } }) }
    }
}
