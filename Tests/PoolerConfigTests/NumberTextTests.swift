import PoolerConfig
import Testing

@Suite("Numbers as C reads and prints them")
struct NumberTextTests {
    /// Each expectation is what `printf("%g", microseconds / 1e6)` prints.
    @Test(arguments: [
        (0, "0"), (1, "1e-06"), (99, "9.9e-05"), (100, "0.0001"), (250_000, "0.25"), (1_000_000, "1"),
        (1_500_000, "1.5"), (3_600_000_000, "3600"), (123_456_700_000, "123457"), (999_999_400_000, "999999"),
        (999_999_500_000, "1e+06"), (1_000_000_000_000, "1e+06"), (1_234_567_000_000, "1.23457e+06"),
        (10_000_001, "10"), (12_345_678, "12.3457"), (100_000_000_000_000_000, "1e+11"),
        (1_000_000_000_000_000, "1e+09"),
    ])
    func secondsArePrintedWithSixDigits(microseconds: Int64, text: String) {
        #expect(Duration.microseconds(microseconds).settingSeconds == text)
    }

    @Test(
        arguments: [
            ("0", 0), ("00", 0), ("0x1F", 31), ("0XfF", 255), ("-0x10", -16), ("-010", -8), (" 5", 5),
            ("9223372036854775807", .max),
            ("9223372036854775808", .max), ("-9223372036854775809", .min), ("0x+1", nil), ("0-1", nil), ("--1", nil),
            ("1_000", nil), ("١", nil),
            ("-", nil),
            ("0xg", nil), ("0x", nil), ("09", nil), ("5 ", nil),
        ] as [(String, Int?)])
    func wholeNumbersFollowTheBaseOfTheirPrefix(text: String, value: Int?) {
        #expect(Int(cLiteral: text) == value)
    }

    /// Observed in `SHOW CONFIG` of PgBouncer 1.25.2 (`query_timeout`); `nil` where it does not start.
    @Test(
        arguments: [
            ("inf", "0"), ("INF", "0"), ("infinity", "0"), ("nan", "9.22337e+12"), ("1e20", "0"), ("1e14", "0"),
            ("1e13", "1e+13"), ("18446744073709", "1.84467e+13"), ("18446744073710", "0"), ("9e12", "9e+12"),
            ("3000000000", "3e+09"), ("1e3", "1000"), ("0x10", "16"), ("0x1p3", "8"), ("-0", "0"), ("+5", "5"),
            (".5", "0.5"), ("5.", "5"), ("0.0000001", "0"), ("1e400", nil), ("-1", nil), ("-inf", nil), ("5s", nil),
            ("", nil),
        ] as [(String, String?)])
    func timesAreReadAsByPgBouncer(text: String, shown: String?) {
        #expect(Duration(settingSeconds: text)?.settingSeconds == shown)
    }

    @Test(
        arguments: [
            ("12", 12, true), ("12x", 12, false), (" -3", -3, true), ("+3 ", 3, false), ("", 0, false), ("x", 0, false),
            ("0x10", 0, false), ("99999999999999999999", .max, true), ("-99999999999999999999", .min, true),
            ("-", 0, false),
        ] as [(String, Int, Bool)])
    func theNumberAtTheStartCounts(text: String, value: Int, isWhole: Bool) {
        let result = Int.readingPrefix(Array(text.utf8))
        #expect(result.value == value)
        #expect(result.isWhole == isWhole)
    }
}
