import PGTypes
import Testing

@Suite("Lossless conversions, and errors for the others")
struct ConversionTests {
    /// The error code of decoding; `nil` if it succeeds.
    static func code<T: PostgresDecodable>(
        _: T.Type, _ hex: String, _ type: PostgresType, _ format: PostgresFormat = .binary
    ) -> PostgresDecodingError.Code? {
        do throws(PostgresDecodingError) {
            _ = try decode(bytes(hex), as: type, format, T.self)
            return nil
        } catch {
            return error.code
        }
    }

    static func code<T: PostgresDecodable>(_: T.Type, text: String, _ type: PostgresType) -> PostgresDecodingError.Code?
    {
        do throws(PostgresDecodingError) {
            _ = try decode(Array(text.utf8), as: type, .text, T.self)
            return nil
        } catch {
            return error.code
        }
    }

    static func code<T: PostgresEncodable>(_ value: T, as type: PostgresType) -> PostgresEncodingError.Code? {
        do throws(PostgresEncodingError) {
            _ = try encode(value, as: type, .binary)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func integersAreDecodedAsAnyTypeThatHoldsThem() throws {
        #expect(try decode(bytes("ffff"), as: .int2, .binary, Int.self) == -1)
        #expect(try decode(bytes("0000007f"), as: .int4, .binary, Int8.self) == 127)
        #expect(try decode(bytes("00000000ffffffff"), as: .int8, .binary, UInt32.self) == .max)
        #expect(try decode(bytes("ffffffffffffffff"), as: .xid8, .binary, UInt64.self) == .max)
        #expect(try decode(bytes("0001000100000000" + "0003"), as: .numeric, .binary, Int.self) == 30_000)
        #expect(try decode(Array("9223372036854775807".utf8), as: .int8, .text, Int.self) == .max)
        #expect(try decode(Array("-9223372036854775808".utf8), as: .numeric, .text, Int.self) == .min)
        #expect(try decode(Array("12.000".utf8), as: .numeric, .text, Int.self) == 12)
    }

    @Test func integersThatDoNotFitAreRefused() {
        #expect(Self.code(Int32.self, "0000000080000000", .int8) == .outOfRange)
        #expect(Self.code(Int8.self, "00000080", .int4) == .outOfRange)
        #expect(Self.code(UInt.self, "ffffffff", .int4) == .outOfRange)
        #expect(Self.code(Int.self, "ffffffffffffffff", .xid8) == .outOfRange)
        #expect(Self.code(Int.self, text: "1.5", .numeric) == .outOfRange)
        #expect(Self.code(Int.self, text: "1e30", .numeric) == .outOfRange)
        #expect(Self.code(Int.self, text: "NaN", .numeric) == .notFinite)
        #expect(Self.code(Int.self, "00000000c0000000", .numeric) == .notFinite)
    }

    @Test func incompatibleTypesAreRefused() {
        #expect(Self.code(Int.self, "3ff8000000000000", .float8) == .typeMismatch)
        #expect(Self.code(Int.self, "31", .text) == .typeMismatch)
        #expect(Self.code(String.self, "00000001", .int4) == .typeMismatch)
        #expect(Self.code(Bool.self, "00000001", .int4) == .typeMismatch)
        #expect(Self.code([UInt8].self, "61", .text) == .typeMismatch)
        #expect(Self.code([Int].self, "00000001", .int4) == .typeMismatch)
        #expect(Self.code(PostgresTimestampTZ.self, "0000000000000000", .timestamp) == .typeMismatch)
        #expect(Self.code(PostgresUUID.self, "61", PostgresType(oid: 99_999)) == .typeMismatch)
        #expect(Self.code(PostgresRange<Int>.self, "01", .text) == .typeMismatch)
        #expect(Self.code(PostgresRow.self, "01", .text) == .typeMismatch)
    }

    @Test func valuesOfTheWrongLengthAreRefused() {
        #expect(Self.code(Int.self, "000001", .int4) == .malformed)
        #expect(Self.code(Int.self, "0000000001", .int4) == .malformed)
        #expect(Self.code(Int.self, "", .int8) == .malformed)
        #expect(Self.code(Double.self, "00", .float8) == .malformed)
        #expect(Self.code(Float.self, "00", .float4) == .malformed)
        #expect(Self.code(Bool.self, "02", .bool) == .malformed)
        #expect(Self.code(Bool.self, "", .bool) == .malformed)
        #expect(Self.code(Bool.self, text: "true", .bool) == .malformed)
    }

    @Test func floatingPointNumbersKeepTheirValue() throws {
        #expect(try decode(bytes("3dcccccd"), as: .float4, .binary, Double.self) == Double(Float(0.1)))
        #expect(try decode(bytes("3ff8000000000000"), as: .float8, .binary, Float.self) == 1.5)
        #expect(Self.code(Float.self, "3fb999999999999a", .float8) == .outOfRange)
        #expect(try decode(bytes("7ff8000000000000"), as: .float8, .binary, Float.self).isNaN)
        #expect(Self.code(Double.self, "7fffffffffffffff", .int8) == .outOfRange)
        #expect(try decode(bytes("0020000000000000"), as: .int8, .binary, Double.self) == 9_007_199_254_740_992)
        #expect(try decode(Array("0.1".utf8), as: .numeric, .text, Double.self) == 0.1)
        #expect(try decode(Array("Infinity".utf8), as: .numeric, .text, Double.self) == .infinity)
    }

    @Test func everyTypeIsReadAsTextInTextFormat() throws {
        for vector in TypeVector.all {
            #expect(try decode(vector.text, as: vector.type, .text, String.self).utf8.elementsEqual(vector.text))
        }
    }

    @Test func textSearchIsTextInBinaryToo() throws {
        for vector in TypeVector.all where [.tsvector, .tsquery, .jsonb, .jsonpath, .quotedChar].contains(vector.type) {
            #expect(try decode(vector.binary, as: vector.type, .binary, String.self).utf8.elementsEqual(vector.text))
        }
    }

    @Test func textThatIsNotUTF8IsRefused() {
        #expect(Self.code(String.self, "c3", .text) == .invalidText)
        #expect(Self.code(String.self, "01c3", .jsonb) == .invalidText)
        #expect(Self.code(String.self, "0261", .jsonb) == .malformed)
        #expect(Self.code(PostgresTSVector.self, "00000001c3000000", .tsvector) == .invalidText)
    }

    @Test func enumsAreReadByTheirRawValue() throws {
        let mood = TypeVector.type("mood")
        #expect(try decode(Array("very happy".utf8), as: mood, .binary, Mood.self) == .veryHappy)
        #expect(try decode(Array("ok".utf8), as: PostgresType(oid: 99_999), .binary, Mood.self) == .ok)
        #expect(Self.code(Mood.self, text: "glad", mood) == .unknownCase)
        #expect(try decode(Array("sad".utf8), as: mood, .binary, String.self) == "sad")
        #expect(Self.code(String.self, "00", PostgresType(oid: 99_999)) == .typeMismatch)
        #expect(mood.preferredFormat == .binary)
    }

    @Test func numbersAreSentAsTheTypeThatTheServerExpects() throws {
        #expect(try encode(5, as: .int2, .binary) == bytes("0005"))
        #expect(try encode(5, as: .int4, .binary) == bytes("00000005"))
        #expect(try encode(5, as: .numeric, .binary) == bytes("00010000000000000005"))
        #expect(try encode(10_000, as: .numeric, .binary) == bytes("00010001000000000001"))
        #expect(try encode(Int.min, as: .numeric, .text) == Array("-9223372036854775808".utf8))
        #expect(try encode(5, as: .float8, .binary) == bytes("4014000000000000"))
        #expect(try encode(5, as: .oid, .binary) == bytes("00000005"))
        #expect(try encode(5, as: TypeVector.type("positive[]").element ?? .text, .binary) == bytes("00000005"))
        #expect(try encode(1.5, as: .numeric, .binary) == bytes("00020000000000010001" + "1388"))
        #expect(try encode(UInt64.max, as: .xid8, .binary) == bytes("ffffffffffffffff"))
        #expect(Self.code(40_000, as: .int2) == .outOfRange)
        #expect(Self.code(-1, as: .oid) == .outOfRange)
        #expect(Self.code(Int.max, as: .float8) == .outOfRange)
        #expect(Self.code(0.1, as: .float4) == .outOfRange)
        #expect(Self.code(5, as: .text) == .typeMismatch)
        #expect(Self.code(1.5, as: .int4) == .typeMismatch)
        #expect(Self.code("a", as: .int4) == .typeMismatch)
        #expect(Self.code("a\0b", as: .text) == .zeroByte)
        #expect(Self.code(true, as: .int4) == .typeMismatch)
        #expect(Self.code([1], as: .int4) == .typeMismatch)
        #expect(Self.code([UInt8(1)], as: .text) == .typeMismatch)
    }

    @Test func errorsNameColumnTypeAndCodeAndNeverTheValue() throws {
        let columns = PostgresColumns([PostgresColumn(name: "age", type: .int8)])
        var builder = PostgresRows.Builder(columns)
        try builder.append(dataRow: unsafe bytes("0001" + "00000008" + "0000123456789abc").span.bytes)
        let row = builder.finish()[0]
        do throws(PostgresDecodingError) {
            _ = try row["age", as: Int16.self]
            Issue.record("nothing was thrown")
        } catch {
            #expect(error.description == "column \"age\" (int8, binary) does not fit: Int16 was requested")
            #expect(error.index == 0)
        }
    }
}
