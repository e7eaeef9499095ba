package import PGTypes

/// The server's description of a prepared statement.
package final class PreparedStatement: Sendable {
    /// The statement's name on the server; empty for the unnamed statement, which the next one replaces.
    package let name: String
    /// The types of its parameters.
    package let parameters: [PostgresType]
    /// The columns of its rows, in the requested formats; `nil` if it returns none.
    package let columns: PostgresColumns?
    /// The end of a Bind message: `Int16 count | count × Int16 format`.
    package let resultFormats: [UInt8]

    /// Creates a description.
    ///
    /// - Parameter columns: as described by the server, in any format.
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

    /// Encodes the format codes; a single code applies to all columns.
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
