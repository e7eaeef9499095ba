import PGTypes
import Testing

@Suite("Text forms of the smaller types")
struct TextFormTests {
    @Test(arguments: [
        "", "1.2.3", "256.1.1.1", "1.2.3.4.5", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", ":::", "1::2::3", "12345::", "1:",
        ":1", "g::", "::1.2.3", "1:2:3:4:5:6:7::8",
    ])
    func isNotAnAddress(_ text: String) {
        #expect(PostgresIPAddress(text) == nil)
        #expect(PostgresInet(text) == nil)
    }

    @Test func prefixesAreChecked() {
        #expect(PostgresInet("1.2.3.4/33") == nil && PostgresInet("::/129") == nil && PostgresInet("1.2.3.4/") == nil)
        #expect(
            PostgresCIDR("10.0.0.1/8") == nil && PostgresCIDR("2001:db8::1/64") == nil
                && PostgresCIDR("0.0.0.1/0") == nil)
        #expect(PostgresCIDR("2001:db8:0:1::/64") != nil && PostgresCIDR("::1/128") != nil)
        // A cidr with bits after its prefix, as no server sends it; families and lengths that do not match.
        for hex in [
            "020801040a000001", "022000040a0000", "032000040a000001", "0221000401020304", "0220020401020304",
            "0120000401020304",
        ] {
            #expect(ConversionTests.code(PostgresCIDR.self, hex, .cidr) == .malformed)
        }
    }

    @Test(arguments: [
        "", "08:00:2b:01:02", "08:00:2b:01:02:0", "08-00-2b-01-02-03", "08:00:2b:01:02:0g", "08:00:2b:01:02:03:",
    ])
    func isNotAHardwareAddress(_ text: String) {
        #expect(PostgresMACAddress(text) == nil)
        #expect(PostgresMACAddress8(text) == nil)
    }

    @Test func byteaIsReadInBothTextForms() throws {
        #expect(try decode(Array(#"\x0aFF"#.utf8), as: .bytea, .text, [UInt8].self) == [10, 255])
        #expect(
            try decode(Array(#"a\\b\012\377"#.utf8), as: .bytea, .text, [UInt8].self) == Array("a\\b\n".utf8) + [255])
        for text in [#"\x0"#, #"\x0g"#, #"\"#, #"\01"#, #"\400"#, #"\8"#] {
            #expect(ConversionTests.code([UInt8].self, text: text, .bytea) == .malformed)
        }
    }

    @Test func bitStringsKeepTheirLength() throws {
        let bits = try #require(PostgresBitString("10110"))
        #expect(bits.count == 5 && bits.bytes == [0b1011_0000] && bits.bits == [true, false, true, true, false])
        #expect(PostgresBitString(bytes: [0xFF], count: 5) == nil && PostgresBitString(bytes: [], count: 1) == nil)
        #expect(PostgresBitString("102") == nil)
        for hex in ["ffffffff", "7fffffff00", "00000005ff"] {
            #expect(ConversionTests.code(PostgresBitString.self, hex, .varbit) == .malformed)
        }
    }

    @Test func queriesAreTrees() throws {
        #expect(PostgresTSQuery("'a' & !'b'")?.root == .and(.word("a"), .not(.word("b"))))
        #expect(
            PostgresTSQuery("'a' <-> ( 'b' | 'c':*AB )")?.root
                == .followed(.word("a"), .or(.word("b"), .word("c", weights: 12, isPrefix: true))))
        for text in ["'a' &", "& 'a'", "( 'a'", "'a' )", "'a' 'b'", "'a", "'a' <x> 'b'", "!"] {
            #expect(PostgresTSQuery(text) == nil)
        }
    }

    /// A query nested too deeply for the stack is rejected, in either format.
    @Test func queriesHaveADepthLimit() {
        let deep = String(repeating: "!", count: 100_000) + "'a'"
        #expect(PostgresTSQuery(deep) == nil)
        #expect(PostgresTSQuery(String(repeating: "( ", count: 100_000)) == nil)
        let binary = "000186a1" + String(repeating: "0201", count: 100_000) + "0100006100"
        #expect(ConversionTests.code(PostgresTSQuery.self, binary, .tsquery) == .malformed)
        #expect(PostgresTSQuery(String(repeating: "!", count: 200) + "'a'") != nil)
    }

    @Test(arguments: [
        "ffffffff", "7fffffff", "00000001" + "00", "00000001" + "0100006100" + "00", "00000002" + "0100006100",
        "00000001" + "0205", "00000001" + "0201", "00000001" + "0110006100", "00000001" + "0100026100",
        "00000001" + "030000",
    ])
    func malformedQueriesAreRefused(_ hex: String) {
        #expect(ConversionTests.code(PostgresTSQuery.self, hex, .tsquery) == .malformed)
    }

    @Test func impossibleListLengthsTakeNoMemory() {
        #expect(ConversionTests.code(PostgresPath.self, "01" + "7fffffff", .path) == .malformed)
        #expect(ConversionTests.code(PostgresPolygon.self, "ffffffff", .polygon) == .malformed)
        #expect(
            ConversionTests.code(PostgresSnapshot.self, "7fffffff" + String(repeating: "00", count: 16), .pgSnapshot)
                == .malformed)
        #expect(ConversionTests.code(PostgresTSVector.self, "7fffffff", .tsvector) == .malformed)
        #expect(ConversionTests.code(PostgresMultirange<Int>.self, "7fffffff", .int4multirange) == .malformed)
        #expect(ConversionTests.code(PostgresRow.self, "7fffffff", .record) == .malformed)
        #expect(ConversionTests.code(PostgresHStore.self, "7fffffff", TypeVector.type("hstore")) == .malformed)
    }

    @Test func voidHasNoBytes() throws {
        #expect(try decode([], as: .void, .binary) == PostgresVoid())
        #expect(ConversionTests.code(PostgresVoid.self, "00", .void) == .malformed)
    }
}

@Suite("Types")
struct TypeTests {
    @Test func knowTheirNamesAndRelations() {
        #expect(PostgresType.int4.name == "int4" && PostgresType(oid: 1007).name == "int4[]")
        #expect(PostgresType.int4.array?.element == .int4 && PostgresType.int4.range?.bound == .int4)
        #expect(PostgresType.int4range.multirange?.bound == .int4)
        #expect(
            PostgresType(oid: 99_999).description == "type 99999" && PostgresType(oid: 99_999).preferredFormat == .text)
        #expect(PostgresType.aclitem.preferredFormat == .text && PostgresType.unspecified.preferredFormat == .text)
    }

    @Test func areLearnedWithTheirComponents() throws {
        let catalog = TypeVector.catalog, pair = TypeVector.type("pair")
        guard case .composite(let fields) = pair.kind else {
            Issue.record("not composite")
            return
        }
        #expect(fields.map(\.name) == ["a", "b"] && fields.map(\.type) == [.int4, .text])
        #expect(TypeVector.type("mood[]").name == "mood[]" && TypeVector.type("mood[]").element?.name == "mood")
        #expect(TypeVector.type("floatmultirange").bound == .float8)
        #expect(TypeVector.type("positive[]").element?.underlying == .int4)
        #expect(
            TypeVector.type("nested").preferredFormat == .binary && TypeVector.type("hstore").preferredFormat == .binary
        )
        #expect(catalog.unknown(in: [23, 99_999, pair.oid, 99_999, 0]) == [99_999])
    }

    /// PostgreSQL refuses to create such a type; a peer that reports one must do no harm.
    @Test func thatContainThemselvesAreResolved() {
        var tree = PostgresTypeCatalog.Entry(oid: 20_000, name: "tree", kind: "c")
        tree.fields = [("value", 23), ("children", 20_001), ("more", 20_001)]
        var trees = PostgresTypeCatalog.Entry(oid: 20_001, name: "_tree", kind: "b")
        trees.element = 20_000
        var catalog = PostgresTypeCatalog()
        catalog.learn([tree, trees])
        #expect(catalog[20_001].element?.name == "tree")
        guard case .composite(let fields) = catalog[20_000].kind else {
            Issue.record("not composite")
            return
        }
        #expect(fields[1].type.element == catalog[20_000] && fields[1].type.element?.isUnknown == true)
    }
}
