import PGWire
import Testing

/// The messages whose bodies the pooler reads or writes, compared with bytes written by hand from
/// protocol-message-formats.html.
@Suite struct MessageTests {
    private static func written(_ write: (inout WireWriter) -> Void) -> [UInt8] {
        var writer = WireWriter()
        write(&writer)
        return writer.bytes
    }

    private static func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }

    // MARK: - Errors

    @Test func anErrorHasBothSeveritiesItsCodeAndItsText() {
        let bytes = Self.written { $0.errorResponse(.fatal, .invalidPassword, "no") }
        #expect(bytes == Self.ascii("E\0\0\0\u{1e}SFATAL\0VFATAL\0C28P01\0Mno\0\0"))
        let notice = Self.written { $0.noticeResponse("hi") }
        #expect(notice == Self.ascii("N\0\0\0\u{20}SNOTICE\0VNOTICE\0C00000\0Mhi\0\0"))
    }

    @Test func fieldsAreReadInOrderAndWrittenBack() throws {
        let body = Self.ascii("SFEHLER\0VERROR\0C42P01\0MRelation fehlt\0P15\0zwhat\0\0")
        let error = try ErrorFields(body: body)
        #expect(error.fields.map(\.code) == Self.ascii("SVCMPz"))
        #expect(error.severity == "ERROR")
        #expect(error.code == "42P01")
        #expect(error.message == "Relation fehlt")
        #expect(error.text("P") == "15")
        #expect(error.text("H") == nil)
        #expect(Self.written { error.encode("E", into: &$0) } == Self.ascii("E\0\0\0\u{35}") + body)
    }

    // A missing SQLSTATE crashed PgBouncer (CVE-2026-6666).
    @Test(arguments: [
        ("\0", "ERROR", "XX000", ""), ("MM only\0\0", "ERROR", "XX000", "M only"),
        ("SPANIC\0\0", "PANIC", "XX000", ""), ("C\0M\0S\0\0", "", "", ""), ("C57P01\0\0", "ERROR", "57P01", ""),
    ])
    func missingFieldsHaveDefaults(_ body: String, _ severity: String, _ code: String, _ message: String) throws {
        let error = try ErrorFields(body: Self.ascii(body))
        #expect(error.severity == severity)
        #expect(error.code.rawValue == code)
        #expect(error.message == message)
    }

    @Test func invalidUTF8IsReplacedOnlyInTheTextForReaders() throws {
        let error = try ErrorFields(body: [0x4d, 0xff, 0, 0])
        #expect(error.message == "\u{fffd}")
        #expect(Self.written { error.encode("N", into: &$0) } == [0x4e, 0, 0, 0, 8, 0x4d, 0xff, 0, 0])
    }

    @Test(arguments: [
        ("", WireError.truncated), ("Mx\0", .truncated), ("Mx", .unterminatedString), ("M", .unterminatedString),
    ])
    func unterminatedErrorsAreRefused(_ body: String, _ error: WireError) {
        #expect(throws: error) { try ErrorFields(body: Self.ascii(body)) }
    }

    // MARK: - Authentication

    @Test(
        arguments: [
            (Authentication.ok, [0, 0, 0, 0]),
            (.cleartextPassword, [0, 0, 0, 3]),
            (.md5Password(salt: [1, 2, 3, 4]), [0, 0, 0, 5, 1, 2, 3, 4]),
            (.sasl(mechanisms: ["A", "BC"]), [0, 0, 0, 10, 0x41, 0, 0x42, 0x43, 0, 0]),
            (.sasl(mechanisms: []), [0, 0, 0, 10, 0]),
            (.saslContinue([7, 0]), [0, 0, 0, 11, 7, 0]),
            (.saslFinal([]), [0, 0, 0, 12]),
            (.unsupported(7), [0, 0, 0, 7]),
            (.unsupported(-1), [0xff, 0xff, 0xff, 0xff]),
        ] as [(Authentication, [UInt8])])
    func authenticationRequests(_ request: Authentication, _ body: [UInt8]) throws {
        #expect(try Authentication(body: body) == request)
        #expect(Self.written { request.encode(into: &$0) } == [0x52, 0, 0, 0, UInt8(4 + body.count)] + body)
    }

    @Test(
        arguments: [
            ([], .truncated), ([0, 0, 0], .truncated), ([0, 0, 0, 5, 1, 2, 3], .truncated),
            ([0, 0, 0, 10], .unterminatedString), ([0, 0, 0, 10, 0x41, 0], .unterminatedString),
            ([0, 0, 0, 10, 0xff, 0, 0], .invalidUTF8),
        ] as [([UInt8], WireError)])
    func malformedAuthenticationRequests(_ body: [UInt8], _ error: WireError) {
        #expect(throws: error) { try Authentication(body: body) }
    }

    @Test(
        arguments: [
            ([0x41, 0, 0, 0, 0, 2, 8, 9], "A", [8, 9]), ([0x41, 0, 0, 0, 0, 0], "A", []),
            ([0x41, 0, 0xff, 0xff, 0xff, 0xff], "A", nil), ([0, 0xff, 0xff, 0xff, 0xff], "", nil),
        ] as [([UInt8], String, [UInt8]?)])
    func saslInitialResponses(_ body: [UInt8], _ mechanism: String, _ response: [UInt8]?) throws {
        let message = try SASLInitialResponse(body: body)
        #expect(message.mechanism == mechanism)
        #expect(message.response == response)
    }

    @Test(
        arguments: [
            ([], .unterminatedString), ([0x41], .unterminatedString), ([0x41, 0], .truncated),
            ([0x41, 0, 0, 0, 0, 3, 1, 2], .truncated), ([0x41, 0, 0x7f, 0xff, 0xff, 0xff], .truncated),
            ([0x41, 0, 0xff, 0xff, 0xff, 0xfe], .truncated),
            ([0x41, 0, 0, 0, 0, 0, 1], .invalidField("SASLInitialResponse")),
            ([0x41, 0, 0xff, 0xff, 0xff, 0xff, 1], .invalidField("SASLInitialResponse")), ([0xff, 0], .invalidUTF8),
        ] as [([UInt8], WireError)])
    func malformedSASLInitialResponses(_ body: [UInt8], _ error: WireError) {
        #expect(throws: error) { try SASLInitialResponse(body: body) }
    }

    // MARK: - Parameters

    @Test func parameters() throws {
        let parameter = ParameterStatus(name: "TimeZone", value: Self.ascii("UTC"))
        #expect(try ParameterStatus(body: Self.ascii("TimeZone\0UTC\0")) == parameter)
        #expect(Self.written(parameter.encode) == Self.ascii("S\0\0\0\u{11}TimeZone\0UTC\0"))
        for broken in ["", "a", "a\0", "a\0b"] {
            #expect(throws: WireError.unterminatedString) { try ParameterStatus(body: Self.ascii(broken)) }
        }
    }

    // MARK: - Golden bytes

    @Test(arguments: [
        (written { $0.readyForQuery(.idle) }, "Z\0\0\0\u{5}I"),
        (written { $0.readyForQuery(.inTransaction) }, "Z\0\0\0\u{5}T"),
        (written { $0.readyForQuery(.failed) }, "Z\0\0\0\u{5}E"),
        (written { $0.backendKeyData([0, 0, 0, 1, 0, 0, 0, 2]) }, "K\0\0\0\u{c}\0\0\0\u{1}\0\0\0\u{2}"),
        (written { $0.commandComplete("SELECT 1") }, "C\0\0\0\u{d}SELECT 1\0"),
        (
            written { $0.negotiateProtocolVersion(newestMinor: 2, unrecognized: ["_pq_.x"]) },
            "v\0\0\0\u{13}\0\u{3}\0\u{2}\0\0\0\u{1}_pq_.x\0"
        ),
        (
            written { $0.rowDescription([ColumnDescription(name: "a", typeOID: 25, typeSize: 1)]) },
            "T\0\0\0\u{1a}\0\u{1}a\0\0\0\0\0\0\0\0\0\0\u{19}\0\u{1}\u{0}"
        ),
        (written { $0.dataRow([[0x61], [], nil]) }, ""),
        (written { $0.query("select 1") }, "Q\0\0\0\u{d}select 1\0"),
        (written { $0.terminate() }, "X\0\0\0\u{4}"),
        (written { $0.passwordMessage([0x61, 0x62]) }, "p\0\0\0\u{7}ab\0"),
        (written { $0.saslInitialResponse(mechanism: "M", [0x61]) }, "p\0\0\0\u{b}M\0\0\0\0\u{1}a"),
        (written { $0.saslResponse([0x61]) }, "p\0\0\0\u{5}a"),
    ])
    func messagesAreWrittenAsTheProtocolSpecifies(_ bytes: [UInt8], _ expected: String) {
        switch bytes.first {
        case 0x44:  // DataRow: NULL is the length -1, which is not ASCII
            #expect(bytes == [0x44, 0, 0, 0, 19, 0, 3, 0, 0, 0, 1, 0x61, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff])
        case 0x54:  // RowDescription: no table, text type of one byte, modifier -1, text format
            let column: [UInt8] = [0x61, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 25, 0, 1, 0xff, 0xff, 0xff, 0xff, 0, 0]
            #expect(bytes == [0x54, 0, 0, 0, 26, 0, 1] + column)
        default: #expect(bytes == Self.ascii(expected))
        }
    }

    @Test func messagesAreWrittenBackToBack() {
        var writer = WireWriter()
        writer.query("")
        writer.terminate()
        writer.message("x") { body in
            body.int16(-2)
            body.int32(Int32.min)
            body.cString("é")
        }
        #expect(
            writer.bytes == [0x51, 0, 0, 0, 5, 0, 0x58, 0, 0, 0, 4]
                + [0x78, 0, 0, 0, 13, 0xff, 0xfe, 0x80, 0, 0, 0, 0xc3, 0xa9, 0])
        writer.removeAll()
        #expect(writer.bytes.isEmpty)
    }

    @Test func twelveMessagesAndTerminateAreAllowedAfterLogin() {
        let allowed = (UInt8.min...UInt8.max).filter(FrontendMessage.isAllowedAfterLogin)
        #expect(allowed == Self.ascii("BCDEFHPQSXcdf"))
    }
}
