/// The text forms of `timestamp` and `timestamptz`.
enum TimestampText {
    static func read(_ text: String, hasOffset: Bool) -> Int64? {
        switch text {
        case "infinity": .max
        case "-infinity": .min
        default: text.scanned { scan(&$0, hasOffset: hasOffset) }
        }
    }

    private static func scan(_ cursor: inout TextCursor, hasOffset: Bool) -> Int64? {
        guard let written = CivilDay(scanning: &cursor),
            cursor.skip(UInt8(ascii: " ")) || cursor.skip(UInt8(ascii: "T")),
            let clock = ClockText.read(&cursor), clock <= ClockText.microsecondsPerDay
        else { return nil }
        var offset: Int64 = 0
        if hasOffset {
            guard let read = ClockText.readOffset(&cursor) else { return nil }
            offset = Int64(read) * 1_000_000
        }
        guard let day = written.checked(isBeforeChrist: cursor.skip(" BC")) else { return nil }
        return joined(day: day.days, microseconds: clock - offset)
    }

    static func write(_ microseconds: Int64, hasOffset: Bool) -> String {
        if microseconds == .max { return "infinity" }
        if microseconds == .min { return "-infinity" }
        let (days, clock) = split(microseconds)
        let civil = CivilDay(days: days)
        return "\(civil.text) \(ClockText.write(UInt64(clock)))" + (hasOffset ? "+00" : "")
            + (civil.isBeforeChrist ? " BC" : "")
    }

    /// Splits a timestamp into days since 2000-01-01 and microseconds of the day.
    static func split(_ microseconds: Int64) -> (Int64, Int64) {
        let (days, rest) = microseconds.quotientAndRemainder(dividingBy: ClockText.microsecondsPerDay)
        return rest < 0 ? (days - 1, rest + ClockText.microsecondsPerDay) : (days, rest)
    }

    /// The timestamp; `nil` outside PostgreSQL's range, from 4714-11-24 BC to the end of 294276.
    static func joined(day: Int64, microseconds: Int64) -> Int64? {
        let (start, overflow) = day.multipliedReportingOverflow(by: ClockText.microsecondsPerDay)
        let (sum, carry) = start.addingReportingOverflow(microseconds)
        guard !overflow, !carry, sum >= -211_813_488_000_000_000, sum < 9_223_371_331_200_000_000 else { return nil }
        return sum
    }
}
