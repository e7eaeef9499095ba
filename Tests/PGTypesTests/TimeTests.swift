import PGTypes
import Testing

@Suite("Days, times and intervals")
struct TimeTests {
    /// Every day of 800 years, once each, compared with a simple counting calendar.
    @Test func daysFollowEachOther() throws {
        var (year, month, day) = (-1, 1, 1)
        let first = try #require(PostgresDate(year: year, month: month, day: day))
        for offset in 0..<292_194 {
            let date = PostgresDate(daysSince2000: first.daysSince2000 + Int32(offset))
            let parts = try #require(date.components)
            guard parts == (year, month, day), PostgresDate(year: year, month: month, day: day) == date else {
                Issue.record("\(year)-\(month)-\(day)")
                return
            }
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            day += 1
            if day > [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] {
                (month, day) = (month + 1, 1)
            }
            if month > 12 { (year, month) = (year + 1, 1) }
        }
    }

    @Test func writingAndReadingRoundTrips() throws {
        var generator = SeededGenerator(state: 1114)
        for _ in 0..<5_000 {
            let date = PostgresDate(daysSince2000: Int32.random(in: -2_451_545...2_145_031_948, using: &generator))
            #expect(PostgresDate(date.description) == date)
            let micros = Int64.random(in: -211_813_488_000_000_000..<9_223_371_331_200_000_000, using: &generator)
            let stamp = PostgresTimestamp(microsecondsSince2000: micros)
            #expect(PostgresTimestamp(stamp.description) == stamp)
            if let (date, time) = stamp.dateAndTime { #expect(PostgresTimestamp(date, time) == stamp) }
            let instant = PostgresTimestampTZ(microsecondsSince2000: micros)
            #expect(PostgresTimestampTZ(instant.description) == instant)
            let interval = PostgresInterval(
                months: Int32(truncatingIfNeeded: generator.next() >> 8),
                days: Int32(truncatingIfNeeded: generator.next()),
                microseconds: Int64(bitPattern: generator.next()) >> Int64.random(in: 1..<60, using: &generator))
            #expect(PostgresInterval(interval.description) == interval)
            let time = PostgresTime(microseconds: Int64.random(in: 0...86_400_000_000, using: &generator))
            let offset = Int32.random(in: -57_599...57_599, using: &generator)
            let zoned = try #require(PostgresTimeTZ(time, utcOffsetSeconds: offset))
            #expect(PostgresTime(time.description) == time && PostgresTimeTZ(zoned.description) == zoned)
            let uuid = PostgresUUID.random(using: &generator)
            #expect(PostgresUUID(uuid.description) == uuid)
            let address = PostgresIPAddress(
                v6: generator.next() & generator.next() & generator.next(), generator.next() & 0xFFFF_0000_FFFF)
            #expect(PostgresIPAddress(address.description) == address)
        }
    }

    @Test(arguments: [.max - 1, .min + 1, 0, -1, 9_223_371_331_200_000_000] as [Int64])
    func anyNumberOfMicrosecondsCanBePrinted(_ microseconds: Int64) {
        #expect(!PostgresTimestamp(microsecondsSince2000: microseconds).description.isEmpty)
        #expect(!PostgresInterval(months: .min, days: .min, microseconds: microseconds).description.isEmpty)
        #expect(PostgresTimestamp(microsecondsSince2000: microseconds).dateAndTime != nil)
    }

    @Test(arguments: [
        "", "2024", "2024-02", "2024-02-30", "2023-02-29", "2024-13-01", "0000-01-01", "2024-02-29 BC BC", "24-02-29",
        "5874898-01-01",
        "4714-11-23 BC", "99999999999-01-01", " 2024-02-29", "-2024-02-29", "Infinity",
    ])
    func isNotADay(_ text: String) {
        #expect(PostgresDate(text) == nil)
        #expect(PostgresTimestamp(text + " 00:00:00") == nil)
    }

    @Test(arguments: [
        "", "1", "24:00:01", "23:60:00", "23:59:60", "1:2:3.1234567", "12:00:00 ", "-12:00:00", "12:00:00.",
    ])
    func isNotATime(_ text: String) {
        #expect(PostgresTime(text) == nil)
        #expect(PostgresTimeTZ(text + "+00") == nil)
    }

    @Test(arguments: ["", "16", "+16", "-16:00", "+1:60", "+", "+1:2:3:4", "Z", "+01 "])
    func isNotAnOffset(_ text: String) {
        #expect(PostgresTimeTZ("12:00:00" + text) == nil)
    }

    @Test(arguments: [
        "", "1", "1 week", "1 day 2", "day", "1 day -", "99999999999 years", "178956971 years", "1 day 1:2:3 4",
        "1  day", "1 day ",
        "9999999999999:00:00", "infinity 1 day", "2562047789:00:00",
    ])
    func isNotAnInterval(_ text: String) {
        #expect(PostgresInterval(text) == nil)
    }

    @Test func durationsAreIntervals() {
        #expect(PostgresInterval(.milliseconds(1500)) == PostgresInterval(microseconds: 1_500_000))
        #expect(PostgresInterval(.seconds(Int64.max)) == nil)
    }

    @Test func infinitiesAreTheExtremes() {
        #expect(
            PostgresDate.minusInfinity < PostgresDate(daysSince2000: 0) && PostgresDate(daysSince2000: 0) < .infinity)
        #expect(PostgresTimestamp(.infinity) == nil && PostgresTimestamp.infinity.dateAndTime == nil)
        #expect(ConversionTests.code(PostgresTime.self, "ffffffffffffffff", .time) == .malformed)
        #expect(ConversionTests.code(PostgresTimeTZ.self, "0000000000000000" + "80000000", .timetz) == .malformed)
    }
}
