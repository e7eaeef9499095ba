/// Date and time of day in UTC, by the Gregorian calendar.
///
/// PgBouncer shows local time; the console of a pooler that runs in UTC, as containers do, looks the same.
package struct CivilTime: Hashable, Sendable {
    package let year: Int64
    package let month: Int64
    package let day: Int64
    package let secondOfDay: Int64

    private static let secondsPerDay: Int64 = 86_400
    private static let daysPerEra: Int64 = 146_097  // 400 years

    /// - Parameter unixSeconds: since 1970-01-01 00:00:00; cut at ±100,000 years.
    package init(unixSeconds: Int64) {
        let limit = 250 * Self.daysPerEra * Self.secondsPerDay
        let seconds = max(-limit, min(limit, unixSeconds))
        let days = Self.floorDivide(seconds, by: Self.secondsPerDay)
        secondOfDay = seconds - days * Self.secondsPerDay

        // Years that begin on 1 March put the leap day at their end. Day 0 of era 0 is 0000-03-01, which lies 719,468
        // days before the epoch.
        let shifted = days + 719_468
        let era = Self.floorDivide(shifted, by: Self.daysPerEra)
        let dayOfEra = shifted - era * Self.daysPerEra
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    }

    private static func floorDivide(_ value: Int64, by divisor: Int64) -> Int64 {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

extension CivilTime: CustomStringConvertible {
    /// As in `2026-11-21 12:49:45 UTC`.
    package var description: String {
        let date = "\(Self.padded(year, to: 4))-\(Self.padded(month, to: 2))-\(Self.padded(day, to: 2))"
        let (hour, minute, second) = (secondOfDay / 3_600, secondOfDay / 60 % 60, secondOfDay % 60)
        let time = "\(Self.padded(hour, to: 2)):\(Self.padded(minute, to: 2)):\(Self.padded(second, to: 2))"
        return "\(date) \(time) UTC"
    }

    private static func padded(_ number: Int64, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
