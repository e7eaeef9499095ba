/// The text form `12:34:56.789` of times of day and of intervals.
enum ClockText {
    static let microsecondsPerDay: Int64 = 86_400_000_000

    /// Reads microseconds; hours may have up to ten digits, minutes and seconds are below 60.
    static func read(_ cursor: inout TextCursor) -> Int64? {
        guard let hours = cursor.digits(atMost: 10), cursor.skip(UInt8(ascii: ":")),
            let minutes = cursor.digits(atMost: 2), minutes.value < 60
        else { return nil }
        var seconds: Int64 = 0, fraction: Int64 = 0
        if cursor.skip(UInt8(ascii: ":")) {
            guard let read = cursor.digits(atMost: 2), read.value < 60, let millionths = cursor.microseconds() else {
                return nil
            }
            (seconds, fraction) = (read.value, millionths)
        }
        let (whole, overflow) = (hours.value * 3600 + minutes.value * 60 + seconds).multipliedReportingOverflow(
            by: 1_000_000)
        let (sum, carry) = whole.addingReportingOverflow(fraction)
        return overflow || carry ? nil : sum
    }

    /// Writes hours with at least two digits, and a fraction without trailing zeros.
    static func write(_ microseconds: UInt64) -> String {
        let seconds = microseconds / 1_000_000
        let clock = "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
        let fraction = microseconds % 1_000_000
        guard fraction > 0 else { return clock }
        let digits = padded(fraction, 6)
        let kept = (digits.lastIndex { $0 != "0" }).map { digits[...$0] } ?? ""
        return clock + "." + kept
    }

    /// Reads `+02`, `-05:30`, `+00:19:32`: seconds east of Greenwich, less than 16 hours.
    static func readOffset(_ cursor: inout TextCursor) -> Int32? {
        let isWest = cursor.skip(UInt8(ascii: "-"))
        guard isWest || cursor.skip(UInt8(ascii: "+")), let hours = cursor.digits(atMost: 2), hours.value < 16 else {
            return nil
        }
        var seconds = hours.value * 3600
        for unit in [60, 1] as [Int64] {
            guard cursor.skip(UInt8(ascii: ":")) else { break }
            guard let part = cursor.digits(atMost: 2), part.value < 60 else { return nil }
            seconds += part.value * unit
        }
        return Int32(isWest ? -seconds : seconds)
    }

    static func writeOffset(_ offset: Int32) -> String {
        let seconds = offset.magnitude
        var text = (offset < 0 ? "-" : "+") + padded(seconds / 3600, 2)
        if seconds % 3600 != 0 { text += ":" + padded(seconds / 60 % 60, 2) }
        if seconds % 60 != 0 { text += ":" + padded(seconds % 60, 2) }
        return text
    }
}
