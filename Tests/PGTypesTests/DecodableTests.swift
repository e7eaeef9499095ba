import Foundation
import PGTypes
import PGTypesFoundation
import Testing

@Suite("Decodable rows")
struct DecodableTests {
    struct Person: Decodable, Equatable {
        var id: Int
        var fullName: String?
        var lastSeenURL: String
        var missing: Int?
    }

    static func row(_ cells: [(String, PostgresType, [UInt8]?)], _ format: PostgresFormat = .binary) throws
        -> PostgresRow
    {
        let columns = PostgresColumns(cells.map { PostgresColumn(name: $0.0, type: $0.1, format: format) })
        return try RowTests.rows([cells.map(\.2)], columns)[0]
    }

    @Test func findColumnsByName() throws {
        let row = try Self.row([
            ("last_seen_url", .text, Array("u".utf8)), ("id", .int4, bytes("00000007")), ("full_name", .text, nil),
            ("other", .bool, bytes("01")),
        ])
        let person = try row.decode(Person.self, options: .init(keys: .snakeCase))
        #expect(person == Person(id: 7, fullName: nil, lastSeenURL: "u", missing: nil))
        #expect(throws: PostgresDecodingError.self) { try row.decode(Person.self) }
        let custom = PostgresDecodableOptions(
            keys: .custom { $0 == "fullName" ? "full_name" : $0 == "id" ? "id" : "last_seen_url" })
        #expect(try row.decode(WithoutMissing.self, options: custom).id == 7)
    }

    struct WithoutMissing: Decodable {
        var id: Int
        var fullName: String?
    }

    struct Outer: Decodable, Equatable {
        struct Inner: Decodable, Equatable {
            var a: Int?
            var b: String?
        }
        enum Kind: String, Decodable {
            case sad, ok
        }
        var p: Inner
        var list: [Inner?]
        var kind: Kind
        var numbers: [Int]
    }

    @Test func nestCompositesAndArraysOfThem() throws {
        let pair = try #require(TypeVector.all.first { $0.name == "pair" })
        let pairs = try #require(TypeVector.all.first { $0.name == "pair[]" })
        let numbers = try ArrayTests.vector("int4[]", "[2:3]={7,8}"), mood = TypeVector.type("mood")
        for (format, of) in [(PostgresFormat.binary, \TypeVector.binary), (.text, \.text)] {
            let row = try Self.row(
                [
                    ("p", pair.type, pair[keyPath: of]), ("list", pairs.type, pairs[keyPath: of]),
                    ("kind", mood, Array("ok".utf8)), ("numbers", numbers.type, numbers[keyPath: of]),
                ], format)
            let outer = try row.decode(Outer.self)
            #expect(
                outer
                    == Outer(
                        p: .init(a: 1, b: "x"), list: [.init(a: 1, b: "x"), .init(a: 2, b: nil), nil], kind: .ok,
                        numbers: [7, 8]))
        }
    }

    struct Stored: Codable, Equatable {
        var id: PostgresUUID
        var total: PostgresNumeric
        var from: PostgresTimestampTZ?
        var ages: Range<Int>
        var width: PostgresRange<PostgresNumeric>
    }

    @Test func containValuesOfThisModulesTypes() throws {
        let range = try ArrayTests.vector("numrange", "[1.5,2.5]"), ages = try ArrayTests.vector("int4range", "[1,5)")
        let row = try Self.row([
            ("id", .uuid, bytes(String(repeating: "0a", count: 16))),
            ("total", .numeric, bytes("0001000000000002" + "0007")),
            ("from", .timestamptz, bytes("0000000000000000")), ("ages", .int4range, ages.binary),
            ("width", .numrange, range.binary),
        ])
        let stored = try row.decode(Stored.self)
        #expect(stored.total.description == "7.00" && stored.from == PostgresTimestampTZ(microsecondsSince2000: 0))
        #expect(stored.ages == 1..<5)
        let ends = try [#require(PostgresNumeric("1.5")), #require(PostgresNumeric("2.5"))]
        #expect(stored.width == PostgresRange(ends[0]...ends[1]))
        // And through any other coder, as text.
        let json = try JSONEncoder().encode(stored)
        #expect(String(decoding: json, as: UTF8.self).contains(#""2000-01-01 00:00:00+00""#))
        #expect(try JSONDecoder().decode(Stored.self, from: json) == stored)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(PostgresUUID.self, from: Data("\"x\"".utf8)) }
    }

    struct Document: Codable, Equatable {
        struct Tags: Codable, Equatable { var tags: [String] }
        var body: Tags
        var numbers: [Int]
        var text: String
        var nothing: Tags?
    }

    @Test func readJSONColumns() throws {
        let row = try Self.row([
            ("body", .jsonb, [1] + Array(#"{"tags": ["a"]}"#.utf8)), ("numbers", .json, Array("[1,2]".utf8)),
            ("text", .jsonb, [1] + Array(#"{"a": 1}"#.utf8)), ("nothing", .jsonb, nil),
        ])
        let document = try row.decode(Document.self, options: .init(json: JSONDecoder()))
        #expect(document == Document(body: .init(tags: ["a"]), numbers: [1, 2], text: #"{"a": 1}"#, nothing: nil))
        #expect(try row.decode(Document.self) == document)
        let unfit = try Self.row([("body", .jsonb, [1] + Array(#"{"tags": "secret"}"#.utf8))])
        let error = #expect(throws: PostgresDecodingError.self) { try unfit.decode([String: Document.Tags].self) }
        #expect(error?.description == "column \"body\" (jsonb) was rejected: Tags was requested")
    }

    @Test func incompatibleTypesGiveErrorsThatNameTheColumn() throws {
        let row = try Self.row([("id", .text, Array("x".utf8)), ("fullName", .text, nil)])
        do {
            _ = try row.decode(WithoutMissing.self)
            Issue.record("nothing was thrown")
        } catch let error as PostgresDecodingError {
            #expect(error.description == "column \"id\" (text, binary) has an incompatible type: Int was requested")
        }
    }
}

@Suite("Foundation's types")
struct FoundationTests {
    @Test func datesArePointsInTime() throws {
        let vector = try #require(
            TypeVector.all.first { $0.description == "timestamptz 2024-02-29 12:34:56.789012+00" })
        let date: Date = try decode(vector.binary, as: .timestamptz, .binary)
        #expect(abs(date.timeIntervalSince1970 - 1_709_210_096.789012) < 0.000001)
        #expect(try encode(date, as: .timestamptz, .binary) == vector.binary)
        #expect(try decode(bytes("ffffd533"), as: .date, .binary, Date.self) == Date(timeIntervalSince1970: 0))
        #expect(ConversionTests.code(Date.self, "7fffffffffffffff", .timestamptz) == .notFinite)
        #expect(ConversionTests.code(Date.self, "7fffffff", .date) == .notFinite)
        #expect(ConversionTests.code(Date.self, "0000000000000000", .timestamp) == .typeMismatch)
        #expect(ConversionTests.code(Date(timeIntervalSince1970: .infinity), as: .timestamptz) == .outOfRange)
        #expect(ConversionTests.code(Date(timeIntervalSince1970: 1e300), as: .timestamptz) == .outOfRange)
    }

    @Test func uuidsAreTheSame() throws {
        let text = "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", uuid = try #require(UUID(uuidString: text))
        #expect(try encode(uuid, as: .uuid, .binary) == bytes(text.replacing("-", with: "")))
        #expect(try decode(bytes(text.replacing("-", with: "")), as: .uuid, .binary, UUID.self) == uuid)
        #expect(PostgresUUID(uuid).description == text.lowercased())
    }

    @Test func decimalsLoseNoDigits() throws {
        var exact = 0
        for vector in TypeVector.all where vector.type == .numeric {
            guard let decimal = try? decode(vector.binary, as: .numeric, .binary, Decimal.self) else { continue }
            exact += 1
            let numeric: PostgresNumeric = try decode(vector.binary, as: .numeric, .binary)
            #expect(
                try decode(encode(decimal, as: .numeric, .binary), as: .numeric, .binary, PostgresNumeric.self)
                    == numeric)
        }
        #expect(exact > 50)
        #expect(
            ConversionTests.code(Decimal.self, text: "1234567890123456789012345678901234567890.1", .numeric)
                == .outOfRange)
        #expect(ConversionTests.code(Decimal.self, text: "Infinity", .numeric) == .notFinite)
    }

    @Test func dataAndJSONAreSentAndRead() throws {
        #expect(try decode(bytes("0102"), as: .bytea, .binary, Data.self) == Data([1, 2]))
        #expect(try encode(Data([1, 2]), as: .bytea, .text) == Array(#"\x0102"#.utf8))
        let json = PostgresJSON(["a": 1])
        #expect(try encode(json, as: .jsonb, .binary) == [1] + Array(#"{"a":1}"#.utf8))
        #expect(try encode(json, as: .json, .binary) == Array(#"{"a":1}"#.utf8))
        #expect(try decode(Array(#"{"a":1}"#.utf8), as: .json, .binary, PostgresJSON<[String: Int]>.self) == json)
        #expect(ConversionTests.code(PostgresJSON<Int>.self, text: "\"secret\"", .json) == .custom)
    }
}
