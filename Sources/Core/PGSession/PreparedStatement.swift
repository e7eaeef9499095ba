package import PGTypes

/// What a server has told about a statement that it holds for us.
package final class PreparedStatement: Sendable {
    /// What it is called there; empty for the one without a name, which the next one replaces.
    package let name: String
    /// What its values have to be.
    package let parameters: [PostgresType]
    /// What its rows consist of, in the formats that are asked for; `nil` if it returns none.
    package let columns: PostgresColumns?
    /// The end of a Bind message: `Int16 count | count × Int16 format`.
    package let resultFormats: [UInt8]

    /// - Parameter columns: as described, in any format.
    package init(name: String, parameters: [PostgresType], columns: [PostgresColumn]?) {
        self.name = name
        self.parameters = parameters
        let wanted = columns?.map { column in
            var column = column
            column.format = column.type.preferredFormat
            return column
        }
        self.columns = wanted.map(PostgresColumns.init)
        resultFormats = Self.formats(of: wanted ?? [])
    }

    /// One format stands for all.
    private static func formats(of columns: [PostgresColumn]) -> [UInt8] {
        var writer = PostgresWriter()
        guard let first = columns.first else { return [0, 0] }
        let isUniform = columns.allSatisfy { $0.format == first.format }
        let formats = isUniform ? [first.format] : columns.map(\.format)
        writer.write(UInt16(clamping: formats.count))
        for format in formats { writer.write(format.rawValue) }
        return writer.bytes
    }
}
