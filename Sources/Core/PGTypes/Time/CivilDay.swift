/// A day of the proleptic Gregorian calendar, with astronomical year numbering: 0 is 1 BC.
struct CivilDay: Hashable {
    var year: Int64
    var month: Int
    var day: Int

    /// The days between 1970-01-01 and 2000-01-01, PostgreSQL's epoch.
    private static let epoch: Int64 = 10_957

    /// - Parameter days: since 2000-01-01; at most ±2⁵⁰.
    ///
    /// Source: Howard Hinnant, chrono-Compatible Low-Level Date Algorithms, civil_from_days
    init(days: Int64) {
        let shifted = days + Self.epoch + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
        month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Creates a day; `nil` if it does not exist.
    init?(year: Int64, month: Int, day: Int) {
        guard abs(year) < 100_000_000, (1...12).contains(month), day >= 1 else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard day <= lengths[month - 1] else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
    }

    /// The days since 2000-01-01.
    var days: Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * Int64(month > 2 ? month - 3 : month + 9) + 2) / 5 + Int64(day) - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468 - Self.epoch
    }

    /// Reads `2024-02-29`, with any number of digits in the year.
    init?(scanning cursor: inout TextCursor) {
        guard let year = cursor.digits(atMost: 8), year.count >= 4, year.value > 0, cursor.skip(UInt8(ascii: "-")),
            let month = cursor.digits(atMost: 2), cursor.skip(UInt8(ascii: "-")), let day = cursor.digits(atMost: 2)
        else { return nil }
        // `BC`, if any, comes last in the text; the caller adjusts the year then.
        self.init(unchecked: year.value, Int(month.value), Int(day.value))
    }

    private init(unchecked year: Int64, _ month: Int, _ day: Int) {
        (self.year, self.month, self.day) = (year, month, day)
    }

    /// The day in years BC or AD, if it exists.
    func checked(isBeforeChrist: Bool) -> CivilDay? {
        CivilDay(year: isBeforeChrist ? 1 - year : year, month: month, day: day)
    }

    /// `2024-02-29`; the caller appends ` BC`, which comes last.
    var text: String {
        let shown = year > 0 ? year : 1 - year
        return "\(padded(shown, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    var isBeforeChrist: Bool { year <= 0 }
}

/// The number with leading zeros up to at least `width` digits.
func padded(_ number: some FixedWidthInteger, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
