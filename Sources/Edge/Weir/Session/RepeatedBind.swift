import PGSession
package import PGTypes
import PGWire

/// Encodes Bind and Execute of one statement repeatedly with different values; the constant parts are encoded once.
///
/// The public functions that append to it are inlined into their callers, so that encoding a row of known types
/// allocates no boxes.
@usableFromInline
package struct RepeatedBind {
    /// The types that the statement's parameters have on the server.
    @usableFromInline package let types: [PostgresType]
    /// The formats of the parameters; empty until the first row.
    @usableFromInline var formats: [PostgresFormat] = []
    @usableFromInline var writer = PostgresWriter()
    /// The number of values in the current row.
    @usableFromInline var index = 0
    /// Whether the rows may be needed again: the server has not accepted any yet, and may not know the statement.
    @usableFromInline package var keepsRows = false
    /// Whether the rows that were kept are needed again, from the first.
    @usableFromInline package var startsOver = false
    /// The number of rows encoded since ``take()``.
    private(set) var rowCount = 0

    private let statement: PreparedStatement, sql: String
    private var head: [UInt8] = [], tail: [UInt8] = []
    private var start = 0

    init(_ statement: PreparedStatement, _ sql: String) {
        (self.statement, self.sql) = (statement, sql)
        types = statement.parameters
    }

    /// Appends a row. All rows must have the same types.
    @inlinable
    package mutating func append<each Value: PostgresEncodable>(_ row: repeat each Value) throws(PostgresError) {
        if formats.isEmpty {
            var formats: [PostgresFormat] = []
            for type in repeat (each Value).self {
                formats.append(types.count > formats.count ? type.postgresFormat(for: types[formats.count]) : .text)
            }
            try begin(with: formats)
        }
        beginRow()
        for value in repeat each row { try append(value: value) }
        try endRow()
    }

    /// Appends a value to the current row.
    @inlinable @inline(__always)
    package mutating func append(value: some PostgresEncodable) throws(PostgresError) {
        do throws(PostgresEncodingError) {
            try writer.writeField(value, as: types[index], in: formats[index])
        } catch {
            throw located(error)
        }
        index += 1
    }

    @usableFromInline
    func located(_ error: PostgresEncodingError) -> PostgresError {
        var error = error
        error.index = index
        return PostgresError(error, about: sql)
    }

    /// Encodes the parts that all rows have in common.
    ///
    /// - Throws: `misuse` if the number of values is wrong.
    @usableFromInline
    package mutating func begin(with formats: [PostgresFormat]) throws(PostgresError) {
        try statement.check(valueCount: formats.count, of: sql)
        self.formats = formats
        var bind = PostgresWriter()
        bind.write(FrontendMessage.bind.rawValue)
        bind.write(Int32(0))
        bind.bindHead(statement, portal: "", formats: formats, count: formats.count)
        head = bind.bytes
        bind.removeAll()
        bind.write(contentsOf: statement.resultFormats)
        bind.execute()
        tail = bind.bytes
    }

    @usableFromInline
    package mutating func beginRow() {
        start = writer.count
        index = 0
        writer.write(contentsOf: head)
    }

    @usableFromInline
    package mutating func endRow() throws(PostgresError) {
        let length = writer.count + statement.resultFormats.count - start - 1
        guard length <= PostgresWriter.longestMessage else {
            throw located(PostgresEncodingError(.tooLarge, type: .unspecified, source: [any PostgresEncodable].self))
        }
        writer.patch(Int32(length), at: start + 1)
        writer.write(contentsOf: tail)
        rowCount += 1
    }

    /// Returns the rows encoded since the last call, and removes them.
    mutating func take() -> (bytes: [UInt8], rows: Int) {
        defer {
            writer.removeAll()
            rowCount = 0
        }
        return (writer.bytes, rowCount)
    }
}
