import PGSession
package import PGTypes
import PGWire

/// Bind and Execute of one statement, laid out again and again with other values: what stays the same is laid out once.
///
/// The public functions that append to it are inlined where they are called, so that the layout of a row of known types
/// costs no boxes.
@usableFromInline
package struct RepeatedBind {
    /// The types that the statement's parameters have on the server.
    @usableFromInline package let types: [PostgresType]
    /// The formats in which they are sent; empty until the first row.
    @usableFromInline var formats: [PostgresFormat] = []
    @usableFromInline var writer = PostgresWriter()
    /// Values of the row so far.
    @usableFromInline var index = 0
    /// Whether the rows may be wanted again: the server has not taken any yet, and may not know the statement.
    @usableFromInline package var isKept = false
    /// Whether the rows that were kept are wanted again, from the first.
    @usableFromInline package var beginsAgain = false
    /// Rows laid out since ``take()``.
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

    /// Appends a value of the row that was begun.
    @inlinable @inline(__always)
    package mutating func append(value: some PostgresEncodable) throws(PostgresError) {
        defer { index += 1 }
        if value.isPostgresNull { return writer.writeNull() }
        let start = writer.count, (type, format) = (types[index], formats[index])
        do throws(PostgresEncodingError) {
            try writer.lengthPrefixed { (writer) throws(PostgresEncodingError) in
                try value.encode(into: &writer, as: type, in: format)
            }
            // PostgreSQL holds at most 1 GiB in one value.
            if writer.count - start > 0x3FFF_FFFF {
                throw PostgresEncodingError(.tooLarge, type: type, source: Swift.type(of: value))
            }
        } catch {
            throw located(error)
        }
    }

    @usableFromInline
    func located(_ error: PostgresEncodingError) -> PostgresError {
        var error = error
        error.index = index
        var failure = PostgresError(.encoding, "\(error)").about(sql)
        failure.encoding = error
        return failure
    }

    /// Lays out what all rows have in common.
    ///
    /// - Throws: `misuse` if there are too many values, or too few.
    @usableFromInline
    package mutating func begin(with formats: [PostgresFormat]) throws(PostgresError) {
        guard formats.count == types.count else {
            let counts = "\(types.count) values, and \(formats.count) were given"
            throw PostgresError(.misuse, "the statement takes \(counts)").about(sql)
        }
        self.formats = formats
        var bind = PostgresWriter()
        bind.write(FrontendMessage.bind.rawValue)
        bind.write(Int32(0))
        bind.writeZeroTerminated("")
        bind.writeZeroTerminated(statement.name)
        bind.write(UInt16(clamping: formats.count))
        for format in formats { bind.write(format.rawValue) }
        bind.write(UInt16(clamping: formats.count))
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
        writer.overwrite(Int32(length), at: start + 1)
        writer.write(contentsOf: tail)
        rowCount += 1
    }

    /// The rows laid out since it was last asked.
    mutating func take() -> (bytes: [UInt8], rows: Int) {
        defer {
            writer.removeAll()
            rowCount = 0
        }
        return (writer.bytes, rowCount)
    }
}
