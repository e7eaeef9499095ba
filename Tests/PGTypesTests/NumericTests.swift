import PGTypes
import Testing

@Suite("Numeric")
struct NumericTests {
    /// The order was observed from PostgreSQL 18.
    @Test func isOrderedAsInPostgreSQL() throws {
        let ordered = [
            "-Infinity", "-1e20", "-10000.5", "-10000", "-1.5", "-1", "-0.0001", "0", "0.00001", "0.0001", "0.5", "1",
            "1.0001",
            "9999", "10000", "1e20", "Infinity", "NaN",
        ].map { PostgresNumeric($0) ?? .nan }
        for (index, left) in ordered.enumerated() {
            for (other, right) in ordered.enumerated() {
                #expect((left < right) == (index < other) && (left == right) == (index == other))
            }
        }
        let short = try #require(PostgresNumeric("1.0")), long = try #require(PostgresNumeric("1.000"))
        #expect(short == long && short.hashValue == long.hashValue && long.scale == 3 && long.description == "1.000")
    }

    @Test(arguments: [
        "", "-", "+", ".", "e5", "1e", "1e+", "1.2.3", "1,2", " 1", "1 ", "0x1", "1e999999999999999999999", "1e-20000",
        "1e131072",
        "infinity", "nan", "--1", "1_000", "١",
    ])
    func isNotParsedFrom(_ text: String) {
        #expect(PostgresNumeric(text) == nil)
    }

    /// The first two are the widest that PostgreSQL accepts.
    @Test func holdsAsManyDigitsAsPostgreSQL() throws {
        let wide = try #require(PostgresNumeric("1e131071")), fine = try #require(PostgresNumeric("1e-16383"))
        #expect(wide.description == "1" + String(repeating: "0", count: 131_071))
        #expect(fine.description == "0." + String(repeating: "0", count: 16_382) + "1")
        #expect(try encode(wide, as: .numeric, .binary) == bytes("00017fff00000000" + "03e8"))
        for value in [wide, fine] {
            #expect(try decode(encode(value, as: .numeric, .binary), as: .numeric, .binary) == value)
        }
    }

    @Test(arguments: [
        "0001000000000000" + "2710",  // a digit of 10000
        "0002000000000000" + "0001",  // fewer digits than declared
        "0000000000000000" + "0001",  // more
        "0000000012340000",  // an unknown sign
        "0000000000004000",  // a scale beyond the greatest
        "0002000000000000" + "00010001",  // digits after the point that the scale does not show
        "ffff000000000000",
    ])
    func malformedBytesAreRefused(_ hex: String) {
        #expect(ConversionTests.code(PostgresNumeric.self, hex, .numeric) == .malformed)
    }

    /// Compared with Swift's arithmetic, with as many digits as `Int` has.
    @Test func agreesWithWholeNumbersAndTheirText() throws {
        var generator = SeededGenerator(state: 1700)
        for _ in 0..<5_000 {
            let number = Int.random(in: .min ... .max, using: &generator) >> Int.random(in: 0..<63, using: &generator)
            let places = Int.random(in: 0...20, using: &generator)
            let digits = String(number.magnitude)
            let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
            let text =
                (number < 0 ? "-" : "") + padded.dropLast(places) + (places > 0 ? "." + padded.suffix(places) : "")
            let numeric = try #require(PostgresNumeric(text))
            #expect(numeric.description == text && numeric.scale == places)
            #expect(PostgresNumeric("\(number)e-\(places)") == numeric)
            #expect(try decode(encode(numeric, as: .numeric, .binary), as: .numeric, .binary) == numeric)
            #expect(Int(exactly: PostgresNumeric(number)) == number)
            if places == 0 { #expect(Int(exactly: numeric) == number && numeric == PostgresNumeric(number)) }
            #expect(Double(numeric) == Double(text))
        }
    }

    @Test func fractionsAndLargeNumbersAreNotIntegers() throws {
        #expect(Int(exactly: try #require(PostgresNumeric("1.5"))) == nil)
        #expect(Int(exactly: try #require(PostgresNumeric("9223372036854775808"))) == nil)
        #expect(Int(exactly: try #require(PostgresNumeric("-9223372036854775808"))) == .min)
        #expect(UInt64(exactly: try #require(PostgresNumeric("18446744073709551615"))) == .max)
        #expect(UInt64(exactly: try #require(PostgresNumeric("18446744073709551616"))) == nil)
        #expect(UInt(exactly: try #require(PostgresNumeric("-1"))) == nil)
        #expect(Int(exactly: PostgresNumeric.nan) == nil && Int(exactly: PostgresNumeric.infinity) == nil)
        #expect(Int(exactly: try #require(PostgresNumeric("100.00"))) == 100)
    }
}
