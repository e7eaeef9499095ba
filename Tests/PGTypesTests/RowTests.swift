import PGTypes
import Testing

@Suite("Rows")
struct RowTests {
    static let columns = PostgresColumns([
        PostgresColumn(name: "id", type: .int8), PostgresColumn(name: "name", type: .text),
        PostgresColumn(name: "age", type: .int4, format: .text),
    ])

    /// The body of a DataRow message.
    static func dataRow(_ values: [[UInt8]?]) -> [UInt8] {
        var writer = PostgresWriter()
        writer.write(UInt16(values.count))
        for value in values {
            if let value { writer.lengthPrefixed { $0.write(contentsOf: value) } } else { writer.writeNull() }
        }
        return writer.bytes
    }

    static func rows(_ values: [[[UInt8]?]], _ columns: PostgresColumns = columns) throws -> PostgresRows {
        var builder = PostgresRows.Builder(columns)
        for row in values { try builder.append(dataRow: unsafe dataRow(row).span.bytes) }
        return builder.finish()
    }

    static let two: [[[UInt8]?]] = [
        [bytes("0000000000000001"), Array("Ada".utf8), Array("36".utf8)],
        [bytes("0000000000000002"), nil, Array("7".utf8)],
    ]

    @Test func areDecodedAsTuplesByIndexAndByName() throws {
        let rows = try Self.rows(Self.two)
        #expect(rows.count == 2)
        let (id, name, age) = try rows[0].decode((Int, String?, Int16).self)
        #expect(id == 1 && name == "Ada" && age == 36)
        let inferred: (Int32, String?, Double) = try rows[1].decode()
        #expect(inferred == (2, nil, 7))
        #expect(try rows[1]["age", as: Int.self] == 7)
        #expect(try rows[1][0] == UInt8(2))
        #expect(rows[1].isNull(at: 1) && !rows[1].isNull(at: 0) && rows[1].isNull(at: 9))
        let all = try rows.decode((Int, String?, Int).self)
        #expect(all.map(\.0) == [1, 2] && all.map(\.1) == ["Ada", nil])
        let raw = try rows[0]["name", as: PostgresRawValue.self]
        #expect(raw.bytes == Array("Ada".utf8))
        #expect(try raw.decode(String.self) == "Ada")
    }

    @Test func reportMissingColumns() throws {
        let row = try Self.rows(Self.two)[1]
        func code(_ body: () throws(PostgresDecodingError) -> Void) -> PostgresDecodingError? {
            do throws(PostgresDecodingError) { try body() } catch { return error }
            return nil
        }
        #expect(
            code { () throws(PostgresDecodingError) in _ = try row.decode((Int, String).self) }?.code
                == .wrongColumnCount)
        let null = code { () throws(PostgresDecodingError) in _ = try row["name", as: String.self] }
        #expect(null?.code == .unexpectedNull && null?.column == "name" && null?.type == .text)
        let missing = code { () throws(PostgresDecodingError) in _ = try row["size", as: Int.self] }
        #expect(missing?.description == "column \"size\": there is no such column: Int was requested")
        #expect(code { () throws(PostgresDecodingError) in _ = try row[3, as: Int.self] }?.code == .missingColumn)
        #expect(code { () throws(PostgresDecodingError) in _ = try row[-1, as: Int.self] }?.code == .missingColumn)
    }

    @Test(arguments: [2, 20])
    func areNotDecodedFromAmbiguousNames(_ count: Int) throws {
        let columns = PostgresColumns((0..<count).map { PostgresColumn(name: $0 < 2 ? "id" : "c\($0)", type: .int8) })
        let row = try Self.rows([Array(repeating: bytes("0000000000000001"), count: count)], columns)[0]
        #expect(throws: PostgresDecodingError.self) { try row["id", as: Int.self] }
        #expect(throws: PostgresDecodingError.self) { try row["x", as: Int.self] }
        if count > 2 { #expect(try row["c5", as: Int.self] == 1) }
    }

    @Test func malformedRowsAreRefusedAndLeaveNothing() throws {
        let whole = Self.dataRow(Self.two[0])
        var builder = PostgresRows.Builder(Self.columns)
        for count in 0..<whole.count {
            #expect(throws: PostgresDecodingError.self) {
                try builder.append(dataRow: unsafe Array(whole.prefix(count)).span.bytes)
            }
        }
        #expect(throws: PostgresDecodingError.self) { try builder.append(dataRow: unsafe (whole + [0]).span.bytes) }
        #expect(throws: PostgresDecodingError.self) {
            try builder.append(dataRow: unsafe bytes("0001ffffffff").span.bytes)
        }
        #expect(throws: PostgresDecodingError.self) {
            try builder.append(dataRow: unsafe bytes("0003fffffffe").span.bytes)
        }
        #expect(throws: PostgresDecodingError.self) {
            try builder.append(dataRow: unsafe bytes("00037fffffff").span.bytes)
        }
        #expect(builder.count == 0 && builder.byteCount == 0)
        try builder.append(dataRow: unsafe whole.span.bytes)
        #expect(try builder.finish()[0].decode((Int, String, Int).self) == (1, "Ada", 36))
        #expect(builder.count == 0)
    }
}
