import PGTypes
import Testing

@Suite("Arrays, ranges and composite values")
struct ArrayTests {
    static func vector(_ name: String, _ text: String) throws -> TypeVector {
        try #require(TypeVector.all.first { $0.name == name && String(decoding: $0.text, as: UTF8.self) == text })
    }

    static func both<T: PostgresDecodable & Equatable>(_ name: String, _ text: String, _ expected: T) throws {
        let vector = try vector(name, text)
        #expect(try decode(vector.binary, as: vector.type, .binary, T.self) == expected)
        #expect(try decode(vector.text, as: vector.type, .text, T.self) == expected)
    }

    @Test func nullsNeedAnOptional() throws {
        try Self.both("int4[]", "{1,NULL,3}", [1, nil, 3] as [Int?])
        try Self.both("text[]", #"{"NULL",NULL}"#, ["NULL", nil] as [String?])
        let vector = try Self.vector("int4[]", "{1,NULL,3}")
        #expect(throws: PostgresDecodingError.self) { try decode(vector.binary, as: vector.type, .binary, [Int].self) }
        #expect(throws: PostgresDecodingError.self) { try decode(vector.text, as: vector.type, .text, [Int].self) }
    }

    @Test func dimensionsAreNestedArrays() throws {
        try Self.both("int4[]", "{{1,2},{3,4}}", [[1, 2], [3, 4]])
        try Self.both("int4[]", "{{{1,2,3},{4,5,6}}}", [[[1, 2, 3], [4, 5, 6]]] as [[[Int8]]])
        try Self.both("int4[]", "{}", [] as [Int])
        try Self.both("int4[]", "{}", [] as [[Int]])
        try Self.both("int4[]", "[2:3]={7,8}", [7, 8])
        try Self.both("int2vector", "1 -2 3", [1, -2, 3])
        let two = try Self.vector("int4[]", "{{1,2},{3,4}}"), one = try Self.vector("int4[]", "[2:3]={7,8}")
        for (format, binary, text) in [(PostgresFormat.binary, two.binary, one.binary), (.text, two.text, one.text)] {
            #expect(throws: PostgresDecodingError.self) { try decode(binary, as: two.type, format, [Int].self) }
            #expect(throws: PostgresDecodingError.self) { try decode(text, as: two.type, format, [[Int]].self) }
        }
    }

    @Test func dimensionsAreKept() throws {
        let array = PostgresArray(
            [1, 2, 3, nil], dimensions: [.init(count: 2, lowerBound: -1), .init(count: 2, lowerBound: 5)])
        try Self.both("int4[]", "[-1:0][5:6]={{1,2},{3,NULL}}", try #require(array))
        #expect(array?[-1, 6] == 2)
        #expect(array?[1, 6] == nil)
        #expect(PostgresArray([1, 2, 3], dimensions: [.init(count: 2), .init(count: 2)]) == nil)
        #expect(PostgresArray([1], dimensions: [.init(count: 1, lowerBound: Int(Int32.max))]) == nil)
    }

    @Test func nestedArraysAreSentWithTheirDimensions() throws {
        #expect(
            try encode([[1, 2], [3, 4]] as [[Int32]], as: [[Int32]].postgresType, .binary)
                == Self.vector("int4[]", "{{1,2},{3,4}}").binary)
        #expect(
            try encode([1, nil, 3] as [Int?], as: .int4.array ?? .text, .binary)
                == Self.vector("int4[]", "{1,NULL,3}").binary)
        #expect(try encode([[Int]](), as: [[Int32]].postgresType, .binary) == Self.vector("int4[]", "{}").binary)
        #expect(
            try encode([[], []] as [[Int]], as: [[Int32]].postgresType, .binary) == Self.vector("int4[]", "{}").binary)
        #expect(
            try encode([["a b", nil]] as [[String?]], as: .text.array ?? .text, .text) == Array(#"{{"a b",NULL}}"#.utf8)
        )
        #expect(try encode([[1, 2], [3]], as: .int8.array ?? .text, .binary, throws: .raggedArray))
        #expect(try encode([[[[[[[1]]]]]]], as: .int8.array ?? .text, .binary, throws: .tooLarge))
        #expect(try encode([1, 70_000], as: .int2.array ?? .text, .binary, throws: .outOfRange))
        #expect([[Int]].postgresType == .int8.array)
        #expect([UInt8].postgresType == .bytea && [[UInt8]].postgresType == .bytea.array)
        #expect(
            try encode([[1], [2, 3]] as [[UInt8]], as: .bytea.array ?? .text, .text)
                == Array(#"{"\\x01","\\x0203"}"#.utf8))
        // A type unknown to the server is sent as text, for the server to parse.
        #expect([String].postgresFormat(for: .date.array ?? .text) == .text)
        #expect([Mood].postgresFormat(for: .unspecified) == .text)
        #expect(try encode([Mood.ok, .veryHappy], as: .unspecified, .text) == Array(#"{ok,"very happy"}"#.utf8))
    }

    @Test(arguments: [
        "", "{", "}", "{1", "{1,", "{1,}", "{,1}", "{{1},2}", "{1,{2}}", "{{1},{2,3}}", "{1}}", "{1} ", "[1:2]={1}",
        "[2:1]={}",
        "[1:2={1,2}", "[1:2]{1,2}", "[1]={1}", "{{{{{{{1}}}}}}}", "{a\"b\"}", "{\"a}", "[1:99999999999]={1}", "x",
        "{1\\",
        "[1:1][1:1][1:1][1:1][1:1][1:1][1:1]={1}",
    ])
    func malformedTextIsRefused(_ text: String) {
        #expect(throws: PostgresDecodingError.self) {
            try decode(Array(text.utf8), as: .text.array ?? .text, .text, [String].self)
        }
        #expect(throws: PostgresDecodingError.self) {
            try decode(Array(text.utf8), as: .text.array ?? .text, .text, PostgresArray<String>.self)
        }
    }

    @Test(arguments: [
        "00000007" + "00000000" + "00000017",  // seven dimensions
        "ffffffff" + "00000000" + "00000017",  // −1 dimensions
        "00000001" + "00000002" + "00000017" + "00000000" + "00000001",  // an unknown flag
        "00000001" + "00000000" + "00000017" + "7fffffff" + "00000001",  // more elements than bytes
        "00000001" + "00000000" + "00000017" + "ffffffff" + "00000001",  // −1 elements
        "00000006" + "00000000" + "00000017" + String(repeating: "7fffffff00000001", count: 6),  // overflows
        "00000001" + "00000000" + "00000017" + "00000001" + "00000001" + "00000005" + "00000001",  // a longer element
        "00000001" + "00000000" + "00000017" + "00000001" + "00000001" + "fffffffe" + "00000001",  // of length −2
        "00000000" + "00000000" + "00000017" + "00",  // trailing bytes
    ])
    func malformedHeadersAreRefused(_ hex: String) {
        #expect(throws: PostgresDecodingError.self) {
            try decode(bytes(hex), as: .int4.array ?? .text, .binary, [Int].self)
        }
        #expect(throws: PostgresDecodingError.self) {
            try decode(bytes(hex), as: .int4.array ?? .text, .binary, PostgresArray<Int?>.self)
        }
    }

    @Test func manyEmptyArraysTakeNoMemory() throws {
        let hex = "00000002" + "00000000" + "00000017" + "7fffffff" + "00000001" + "00000000" + "00000001"
        #expect(try decode(bytes(hex), as: .int4.array ?? .text, .binary, [[Int]].self) == [])
        #expect(try decode(bytes(hex), as: .int4.array ?? .text, .binary, PostgresArray<Int>.self) == PostgresArray([]))
    }

    @Test func swiftRangesAreReadFromRangesWithBothBounds() throws {
        try Self.both("int4range", "[1,5)", 1..<5)
        try Self.both("int4range", "[1,5)", 1...4)
        try Self.both("int4range", "empty", PostgresRange<Int>.empty)
        try Self.both("numrange", "[1.5,2.5]", PostgresRange.between(lower: .inclusive(1.5), upper: .inclusive(2.5)))
        for text in ["empty", "(,5)", "[1,)", "(,)"] {
            for (format, of) in [(PostgresFormat.binary, \TypeVector.binary), (.text, \.text)] {
                let vector = try Self.vector("int4range", text)
                #expect(throws: PostgresDecodingError.self) {
                    try decode(vector[keyPath: of], as: vector.type, format, Range<Int>.self)
                }
                #expect(throws: PostgresDecodingError.self) {
                    try decode(vector[keyPath: of], as: vector.type, format, ClosedRange<Int>.self)
                }
            }
        }
        // Bounds in the wrong order, as no server sends them.
        let wrong = bytes("02" + "00000004" + "00000005" + "00000004" + "00000001")
        #expect(throws: PostgresDecodingError.self) { try decode(wrong, as: .int4range, .binary, Range<Int>.self) }
        #expect(throws: PostgresDecodingError.self) {
            try decode(wrong, as: .int4range, .binary, ClosedRange<Int>.self)
        }
        let least = bytes("02" + "00000004" + "80000000" + "00000004" + "80000000")
        #expect(throws: PostgresDecodingError.self) {
            try decode(least, as: .int4range, .binary, ClosedRange<Int32>.self)
        }
    }

    @Test func swiftRangesAreSent() throws {
        #expect(try encode(1..<5, as: .int4range, .binary) == Self.vector("int4range", "[1,5)").binary)
        #expect(try encode(1..<1, as: .int4range, .binary) == Self.vector("int4range", "empty").binary)
        #expect(try encode(1..., as: .int4range, .binary) == Self.vector("int4range", "[1,)").binary)
        #expect(try encode(..<5, as: .int4range, .binary) == Self.vector("int4range", "(,5)").binary)
        #expect(try encode(1...4, as: .int4range, .text) == Array("[1,4]".utf8))
        #expect(
            Range<Int>.postgresType == .int8range && PostgresMultirange<PostgresDate>.postgresType == .datemultirange)
        #expect(try encode(1..<5_000_000_000, as: .int4range, .binary, throws: .outOfRange))
    }

    @Test func recordsAreRows() throws {
        let vector = try Self.vector("record", "(1,x,)")
        let row: PostgresRow = try decode(vector.binary, as: vector.type, .binary)
        let (number, text, nothing) = try row.decode((Int, String, Int?).self)
        #expect(number == 1 && text == "x" && nothing == nil)
        #expect(try row["f2", as: String.self] == "x")
        // In text format the types are unknown: the requested types are tried.
        let again: PostgresRow = try decode(vector.text, as: vector.type, .text)
        #expect(try again.decode((Int, String, Int?).self) == (1, "x", nil))
        let other = try Self.vector("record", #"(t,"a b",1.5,"{1,2}","[1,2)")"#)
        for (format, bytes) in [(PostgresFormat.binary, other.binary), (.text, other.text)] {
            let row: PostgresRow = try decode(bytes, as: .record, format)
            let values = try row.decode((Bool, String, PostgresNumeric, [Int], Range<Int>).self)
            #expect(values == (true, "a b", try #require(PostgresNumeric("1.5")), [1, 2], 1..<2))
        }
        let empty = try Self.vector("record", "()")
        #expect(try decode(empty.binary, as: .record, .binary, PostgresRow.self).count == 0)
        #expect(try decode(empty.text, as: .record, .text, PostgresRow.self).count == 0)
    }

    @Test func compositesHaveNamedFields() throws {
        let vector = try #require(TypeVector.all.first { $0.name == "nested" })
        for (format, bytes) in [(PostgresFormat.binary, vector.binary), (.text, vector.text)] {
            let row: PostgresRow = try decode(bytes, as: vector.type, format)
            #expect(row.columns.map(\.name) == ["id", "p", "m", "n", "tags"])
            #expect(try row["p", as: PostgresRow.self]["b", as: String.self] == "x y")
            #expect(try row["m", as: Mood.self] == .veryHappy)
            #expect(throws: PostgresDecodingError.self) { try row["p", as: PostgresTuple<Int>.self] }
            do throws(PostgresDecodingError) {
                _ = try row["p", as: PostgresTuple<Int, Int>.self]
            } catch {
                #expect(error.column == "p.b")
            }
        }
    }

    @Test(arguments: ["", "(", ")", "(1", "(1,2", "(1,2)x", "(\"1,2)", "(1,2,3)", "(1)", "(1,\\"])
    func malformedCompositesAreRefused(_ text: String) {
        #expect(throws: PostgresDecodingError.self) {
            try decode(Array(text.utf8), as: TypeVector.type("pair"), .text, PostgresRow.self)
        }
    }
}

private func encode<T: PostgresEncodable>(
    _ value: T, as type: PostgresType, _ format: PostgresFormat, throws code: PostgresEncodingError.Code
) throws -> Bool {
    do throws(PostgresEncodingError) {
        _ = try encode(value, as: type, format)
        return false
    } catch {
        return error.code == code
    }
}
