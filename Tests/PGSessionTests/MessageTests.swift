import PGSession
import PGTypes
import SeededChance
import Testing

/// Bodies were recorded from PostgreSQL 15.
@Suite struct MessageTests {
    static let rowDescription = bytes(
        hex: """
            00 03 69 6e 74 34 00 00 00 00 00 00 00 00 00 00 17 00 04 ff ff ff ff 00 00 74 65 78 74 00 00 00 00 00 00 00 00 00
            00 19 ff ff ff ff ff ff 00 00 72 65 6c 6e 61 6d 65 00 00 00 04 eb 00 02 00 00 00 13 00 40 ff ff ff ff 00 00
            """)
    static let parameterDescription = bytes(hex: "0003 00000017 00000019 0000001a")
    static let notification = bytes(hex: "00001e6a 7700 7000")
    static let copyIn = bytes(hex: "01 0001 0001")
    static let uniqueViolation = Array(
        """
        SERROR\0VERROR\0C23505\0Mduplicate key value violates unique constraint "u_pkey"\0DKey (n)=(1) already exists.\0\
        spg_temp_3\0tu\0nu_pkey\0Fnbtinsert.c\0L664\0R_bt_check_unique\0\0
        """.utf8)

    private static func error(_ body: RawSpan) throws(SessionError) -> ServerError {
        try ServerError(body: body, type: UInt8(ascii: "E"))
    }

    @Test func `Bind encodes NULL and values as the types that the server expects`() throws {
        let statement = PreparedStatement(name: "s", parameters: [.int2, .text, .int4], columns: nil)
        var writer = PostgresWriter()
        try writer.bind(statement, portal: "p", values: [7, nil as String?, 1 << 16])
        #expect(
            writer.bytes
                == bytes(
                    hex: """
                        42 00000026 7000 7300 0003 0001 0001 0001 0003 00000002 0007 ffffffff 00000004 00010000 0000
                        """))
    }

    @Test func `A value that cannot be sent is identified by its index, never shown, and nothing is sent`() {
        let statement = PreparedStatement(name: "", parameters: [.text, .int2], columns: nil)
        var writer = PostgresWriter()
        writer.sync()
        let before = writer.bytes
        let error = #expect(throws: PostgresEncodingError.self) {
            try writer.bind(statement, values: ["secret", 70_000])
        }
        #expect(error?.description == "parameter $2: Int does not fit: int2 was expected")
        #expect(writer.bytes == before)
    }

    @Test func `RowDescription contains names, types and the origin of columns`() throws {
        let columns = try read(Self.rowDescription, RowDescription.init(body:)).columns
        #expect(columns.map(\.name) == ["int4", "text", "relname"])
        #expect(columns.map(\.type) == [.int4, .text, .name])
        #expect(columns.map(\.tableOID) == [0, 0, 1259])
        #expect(columns.map(\.attributeNumber) == [0, 0, 2])
        #expect(columns.allSatisfy { $0.typeModifier == -1 && $0.format == .text })
    }

    @Test func `The other descriptions`() throws {
        #expect(try read(Self.parameterDescription, ParameterDescription.init(body:)).types == [23, 25, 26])
        let notification = try read(Self.notification, NotificationResponse.init(body:))
        #expect(notification.processID == 7786)
        #expect([notification.channel, notification.payload] == ["w", "p"])
        let copy = try read(Self.copyIn) { (body) throws(SessionError) in try CopyDescription(body: body, type: 0x47) }
        #expect(copy.isBinary)
        #expect(copy.columnCount == 1)
    }

    @Test func `An error has all its fields`() throws {
        let error = try read(Self.uniqueViolation, Self.error)
        var expected = ServerError(
            sqlState: "23505", message: "duplicate key value violates unique constraint \"u_pkey\"")
        expected.detail = "Key (n)=(1) already exists."
        (expected.schema, expected.table, expected.constraint) = ("pg_temp_3", "u", "u_pkey")
        (expected.file, expected.line, expected.routine) = ("nbtinsert.c", 664, "_bt_check_unique")
        #expect(error == expected)
        #expect(!error.isFatal)
        #expect(!error.invalidatesStatement)
    }

    /// The severity and message are localized as with `lc_messages = de_DE`; the meaning of the fields is the same.
    @Test(arguments: [
        ("SERROR\0VERROR\0C0A000\0Mcached plan must not change result type\0\0", true),
        ("SFEHLER\0VERROR\0C0A000\0Manders\0RRevalidateCachedQuery\0\0", true),
        ("SERROR\0VERROR\0C26000\0Mprepared statement \"weir_1\" does not exist\0\0", true),
        ("SERROR\0VERROR\0C0A000\0Mcannot insert into a view\0Rx\0\0", false),
    ])
    func `Errors that invalidate a statement are recognized in every language`(body: String, spoils: Bool) throws {
        let error = try read(Array(body.utf8), Self.error)
        #expect(error.invalidatesStatement == spoils)
        #expect(error.severity == "ERROR")
    }

    @Test func `Truncated bodies are refused, and random ones are harmless`() {
        func outcomes(_ body: [UInt8]) -> [Bool] {
            [
                (try? read(body, RowDescription.init(body:))) != nil,
                (try? read(body, ParameterDescription.init(body:))) != nil,
                (try? read(body, NotificationResponse.init(body:))) != nil,
                (try? read(body) { (body) throws(SessionError) in try CopyDescription(body: body, type: 0x47) }) != nil,
                (try? read(body, Self.error)) != nil,
            ]
        }
        let whole = [Self.rowDescription, Self.parameterDescription, Self.notification, Self.copyIn]
        for (index, body) in whole.enumerated() {
            #expect(outcomes(body)[index])
            for count in 0..<body.count where outcomes(Array(body[..<count]))[index] {
                Issue.record("message \(index) was read from \(count) of \(body.count) bytes")
            }
        }
        var random = SplitMix64(seed: 7)
        for _ in 0..<20_000 {
            var body = whole.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                body[Int.random(in: 0..<body.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            _ = outcomes(body)
        }
    }
}
