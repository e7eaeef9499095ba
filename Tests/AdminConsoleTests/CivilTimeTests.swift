import AdminConsole
import Testing

/// Expected values from `date -u -d @SECONDS '+%Y-%m-%d %H:%M:%S UTC'`.
@Suite("Unix time is formatted in UTC")
struct CivilTimeTests {
    @Test(
        arguments: [
            (0, "1970-01-01 00:00:00 UTC"),
            (-1, "1969-12-31 23:59:59 UTC"),
            (951_782_399, "2000-02-28 23:59:59 UTC"),
            (951_782_400, "2000-02-29 00:00:00 UTC"),
            (951_868_799, "2000-02-29 23:59:59 UTC"),
            (951_868_800, "2000-03-01 00:00:00 UTC"),
            (1_709_164_800, "2024-02-29 00:00:00 UTC"),
            (1_709_251_199, "2024-02-29 23:59:59 UTC"),
            (1_735_689_599, "2024-12-31 23:59:59 UTC"),
            (1_795_263_585, "2026-11-21 12:19:45 UTC"),
            (4_107_542_399, "2100-02-28 23:59:59 UTC"),
            (4_107_542_400, "2100-03-01 00:00:00 UTC"),
            (253_402_300_799, "9999-12-31 23:59:59 UTC"),
            (-62_135_596_800, "0001-01-01 00:00:00 UTC"),
            (-2_203_977_600, "1900-02-28 00:00:00 UTC"),
            (1, "1970-01-01 00:00:01 UTC"),
        ] as [(Int64, String)])
    func reads(_ seconds: Int64, text: String) {
        #expect(CivilTime(unixSeconds: seconds).description == text)
    }

    /// 400 years have the same length whatever year they begin with, and no day is missing or repeated.
    @Test func daysFollowOneAnother() {
        let lengths: [Int64] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        var (year, month, day): (Int64, Int64, Int64) = (1970, 1, 1)
        for count in 0..<(146_097 + 366 as Int64) {
            let time = CivilTime(unixSeconds: count * 86_400 + 86_399)
            guard (time.year, time.month, time.day, time.secondOfDay) == (year, month, day, 86_399) else {
                Issue.record("day \(count) is told as \(time), should be \(year)-\(month)-\(day)")
                return
            }
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let length = month == 2 && isLeap ? 29 : lengths[Int(month) - 1]
            day += 1
            if day > length { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
        }
    }

    @Test(arguments: [Int64.min, .max])
    func absurdTimesAreFormatted(_ seconds: Int64) {
        #expect(CivilTime(unixSeconds: seconds).description.hasSuffix(" UTC"))
    }
}
