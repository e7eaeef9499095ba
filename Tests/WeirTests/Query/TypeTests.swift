import Testing
import Weir

/// Each type goes from the server to Swift in binary and as text, and from Swift back to the server.
@Suite(.serialized, .limited) struct TypeTests {
    /// Values in PostgreSQL's text form, and how to send them round.
    struct Row: Sendable, CustomTestStringConvertible {
        let type: String
        let texts: [String]
        let check: @Sendable (_ type: String, _ texts: [String], borrowing PostgresConnection) async throws -> Void
        var testDescription: String { type }

        init<Value: PostgresCodable & Sendable>(
            _ type: String, _: Value.Type, _ texts: String..., equal: @escaping @Sendable (Value, Value) -> Bool
        ) {
            (self.type, self.texts) = (type, texts)
            check = { type, texts, connection in
                for text in texts {
                    let literal: PostgresQuery = "'\(raw: text)'::\(raw: type)"
                    let binary = try await connection.fetchValue("SELECT \(literal)", as: Value.self)
                    let script = try await connection.executeScript("SELECT \(literal)")
                    let asText = try script[0].rows[0].decode(Value.self)
                    #expect(equal(binary, asText), "\(text) differs between binary and text")
                    // Text, because not each type can be compared (json, xid, point).
                    let isSame = try await connection.fetchValue(
                        "SELECT (\(binary)::\(raw: type))::text = (\(literal))::text", as: Bool.self)
                    #expect(isSame, "\(text) does not come back as it went")
                    let isNull = try await connection.fetchValue(
                        "SELECT \(nil as Value?)::\(raw: type) IS NULL", as: Bool.self)
                    #expect(isNull)
                    if let asText = try? await connection.fetchValue("SELECT (\(literal))::text", as: String.self) {
                        // What was sent as text: PostgreSQL reads it as the same.
                        let row = try await connection.fetchOne("SELECT \(asText)::text::\(raw: type)", as: Value.self)
                        #expect(equal(row, binary))
                    }
                }
            }
        }

        init<Value: PostgresCodable & Sendable & Equatable>(_ type: String, _ value: Value.Type, _ texts: String...) {
            let row = Row(type, value, equal: { $0 == $1 })
            (self.type, self.texts, check) = (type, texts, row.check)
        }
    }

    static let table: [Row] = [
        Row("bool", Bool.self, "t", "f"),
        Row("int2", Int16.self, "0", "-32768", "32767"),
        Row("int4", Int32.self, "-2147483648", "42"),
        Row("int8", Int.self, "-9223372036854775808", "42"),
        Row("oid", UInt32.self, "4294967295"),
        Row("xid8", UInt64.self, "1", "18446744073709551615"),
        Row("pg_lsn", PostgresLSN.self, "16/B374D848"),
        Row("float4", Float.self, "1.5", "-0", "Infinity"),
        Row("float8", Double.self, "0", "-0", "1.5", "Infinity", "-Infinity", "5e-324"),
        Row("float8", Double.self, "NaN", equal: { $0.isNaN && $1.isNaN }),
        Row(
            "numeric", PostgresNumeric.self, "0", "0.0", "0.00", "1", "-1", "10000", "9999", "0.0001", "0.00001", "1.5",
            "-123456789.987654321", "100000000", "1e20", "1e-20", "NaN", "Infinity", "-Infinity",
            "12345678901234567890.123", "0.10", "99999999.9999"),
        Row("money", PostgresMoney.self, "12.34"),
        Row("text", String.self, "", "ä€𝄞", "x"),
        Row("varchar", String.self, "x"),
        Row("bytea", [UInt8].self, "\\x", "\\x00ff"),
        Row("uuid", PostgresUUID.self, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        Row("json", PostgresRawJSON.self, "{\"a\":1}"),
        Row("jsonb", PostgresRawJSON.self, "{\"a\": 1}"),
        Row(
            "timestamptz", PostgresTimestampTZ.self, "2000-01-01 00:00:00+00", "1999-12-31 23:59:59.999999+00",
            "2024-02-29 12:34:56.789012+00", "infinity", "-infinity", "0001-01-01 00:00:00+00",
            "4713-01-01 00:00:00+00 BC", "294276-12-31 23:59:59.999999+00"),
        Row("timestamp", PostgresTimestamp.self, "2024-02-29 12:34:56.789012", "infinity"),
        Row(
            "date", PostgresDate.self, "2000-01-01", "1999-12-31", "infinity", "-infinity", "4713-01-01 BC",
            "5874897-12-31"),
        Row("time", PostgresTime.self, "00:00:00", "23:59:59.999999", "24:00:00"),
        Row("timetz", PostgresTimeTZ.self, "12:00:00+02", "00:00:00-05:30"),
        Row(
            "interval", PostgresInterval.self, "1 year 2 mons 3 days 04:05:06.789", "-1 day", "0", "1 mon -1 day"),
        Row("int4[]", [Int?].self, "{}", "{1,NULL,3}"),
        Row("int4[]", [[Int]].self, "{{1,2},{3,4}}"),
        Row("int4[]", PostgresArray<Int>.self, "[2:3]={7,8}"),
        Row("text[]", [String?].self, "{a,\"\",NULL,\"NULL\",\"a,b\"}"),
        Row("int4range", PostgresRange<Int32>.self, "empty", "[1,5)", "(,5)", "[1,)", "(,)"),
        Row("numrange", PostgresRange<PostgresNumeric>.self, "(1.5,2.5]"),
        Row("tstzrange", PostgresRange<PostgresTimestampTZ>.self, "[\"2000-01-01 00:00:00+00\",infinity)"),
        Row("int4multirange", PostgresMultirange<Int32>.self, "{}", "{[1,3),[5,7)}"),
        Row("inet", PostgresInet.self, "192.168.1.1", "192.168.0.0/16", "::1", "2001:db8::/32"),
        Row("cidr", PostgresCIDR.self, "10.0.0.0/8"),
        Row("macaddr", PostgresMACAddress.self, "08:00:2b:01:02:03"),
        Row("macaddr8", PostgresMACAddress8.self, "08:00:2b:01:02:03:04:05"),
        Row("bit(5)", PostgresBitString.self, "10101"),
        Row("varbit", PostgresBitString.self, "1", ""),
        Row("point", PostgresPoint.self, "(1,2)"),
        Row("box", PostgresBox.self, "(3,4),(1,2)"),
        Row("lseg", PostgresLineSegment.self, "[(1,2),(3,4)]"),
        Row("path", PostgresPath.self, "((1,2),(3,4))", "[(1,2)]"),
        Row("polygon", PostgresPolygon.self, "((1,2),(3,4),(5,6))"),
        Row("line", PostgresLine.self, "{1,2,3}"),
        Row("circle", PostgresCircle.self, "<(1,2),3>"),
        Row("tsvector", PostgresTSVector.self, "''a'':1A ''b''"),
        Row("tsquery", PostgresTSQuery.self, "''a'' & !''b''"),
        Row("mood", Mood.self, "happy", "sad"),
        Row("mood[]", [Mood?].self, "{happy,NULL}"),
        Row("small", Int.self, "7"),
        Row("moods", PostgresRange<Mood>.self, "[happy,sad]"),
        Row("hstore", PostgresHStore.self, "\"a\"=>\"1\", \"b\"=>NULL"),
        Row(
            "pair", PostgresTuple<Int, String?>.self, "(1,\"a b\")", "(2,)",
            equal: { $0.values == $1.values }),
        Row(
            "pair[]", [PostgresTuple<Int, String?>].self, "{\"(1,x)\",\"(2,)\"}",
            equal: { $0.map(\.values).elementsEqual($1.map(\.values), by: ==) }),
    ]

    enum Mood: String, PostgresCodable, Sendable, Comparable {
        case happy, sad
        static func < (left: Mood, right: Mood) -> Bool { left.rawValue < right.rawValue }
    }

    @Test(arguments: table)
    func `Values of each type round-trip`(row: Row) async throws {
        try await withConnection { connection in
            try await connection.executeScript(
                """
                SET TimeZone = 'UTC'; SET lc_monetary = 'C'; SET search_path = pg_temp, public;
                CREATE TYPE pg_temp.mood AS ENUM ('happy', 'sad');
                CREATE TYPE pg_temp.moods AS RANGE (subtype = mood);
                CREATE DOMAIN pg_temp.small AS int CHECK (value < 10);
                CREATE TYPE pg_temp.pair AS (a int, b text)
                """)
            if row.type == "hstore" {
                let isThere = try await connection.fetchValue(
                    "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'hstore')", as: Bool.self)
                guard isThere else { return }
                try await connection.execute("CREATE EXTENSION IF NOT EXISTS hstore SCHEMA public")
            }
            try await row.check(row.type, row.texts, connection)
        }
    }

    @Test func `The fields of a record can be read one by one`() async throws {
        try await withConnection { connection in
            let record = try await connection.fetchValue("SELECT row(1, 'x'::text, null::int)", as: PostgresRow.self)
            #expect(try record.decode((Int, String, Int?).self) == (1, "x", nil))
        }
    }
}
