/// A span of time: months, days and microseconds, which PostgreSQL stores separately.
///
/// A day is not always 24 hours, and a month not always 30 days; so two intervals are equal here only if all three
/// fields are, whereas PostgreSQL's `=` considers `1 day` and `24:00:00` equal. The binary form is `Int64`
/// microseconds, `Int32` days, `Int32` months. The extremes of all three fields are the infinities, since version 17.
///
/// Source: PostgreSQL, datatype-datetime.html#DATATYPE-INTERVAL-INPUT
public struct PostgresInterval: Hashable, Sendable {
    /// Months, years included.
    public var months: Int32
    /// Days, weeks included.
    public var days: Int32
    /// Microseconds, hours and minutes included.
    public var microseconds: Int64

    /// Creates a span from its three fields.
    @inlinable
    public init(months: Int32 = 0, days: Int32 = 0, microseconds: Int64 = 0) {
        self.months = months
        self.days = days
        self.microseconds = microseconds
    }

    /// Creates a span without months and days; `nil` if it is too long. Fractions of a microsecond are dropped.
    public init?(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (sum, carry) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        guard !overflow, !carry else { return nil }
        self.init(microseconds: sum)
    }

    /// Longer than all other spans.
    public static let infinity = PostgresInterval(months: .max, days: .max, microseconds: .max)
    /// Longer than all other spans, in the negative direction.
    public static let minusInfinity = PostgresInterval(months: .min, days: .min, microseconds: .min)

    /// Whether the value is not an infinity.
    public var isFinite: Bool { self != .infinity && self != .minusInfinity }
}

extension PostgresInterval: PostgresScalar {
    /// `interval`.
    @inlinable public static var postgresType: PostgresType { .interval }

    /// Reads the binary form.
    @inlinable
    public init(binary reader: inout PostgresReader) throws(PostgresDecodingError) {
        let microseconds: Int64 = try reader.integer(), days: Int32 = try reader.integer()
        self.init(months: try reader.integer(), days: days, microseconds: microseconds)
    }

    /// Appends the binary form.
    @inlinable
    public func write(binary writer: inout PostgresWriter) {
        writer.write(microseconds)
        writer.write(days)
        writer.write(months)
    }

    /// Reads `1 year 2 mons -3 days +04:05:06.789`, `infinity`.
    public init?(_ description: String) {
        switch description {
        case "infinity": self = .infinity
        case "-infinity": self = .minusInfinity
        default:
            guard let interval = description.scanned({ Self(scanning: &$0) }) else { return nil }
            self = interval
        }
    }

    private init?(scanning cursor: inout TextCursor) {
        var months: Int64 = 0, days: Int64 = 0, microseconds: Int64 = 0
        repeat {
            // The number belongs to a unit, or is the hours of the clock part at the end.
            var ahead = cursor
            guard let number = ahead.signed() else { return nil }
            guard ahead.skip(UInt8(ascii: " ")) else {
                let isNegative = cursor.skip(UInt8(ascii: "-"))
                if !isNegative { _ = cursor.skip(UInt8(ascii: "+")) }
                guard let clock = ClockText.read(&cursor), cursor.isAtEnd else { return nil }
                microseconds = isNegative ? -clock : clock
                break
            }
            guard abs(number) <= Int64(UInt32.max) else { return nil }
            cursor = ahead
            if cursor.skip("year") {
                months += number * 12
            } else if cursor.skip("mon") {
                months += number
            } else if cursor.skip("day") {
                days += number
            } else {
                return nil
            }
            _ = cursor.skip(UInt8(ascii: "s"))
        } while cursor.skip(UInt8(ascii: " "))
        guard let months = Int32(exactly: months), let days = Int32(exactly: days) else { return nil }
        self.init(months: months, days: days, microseconds: microseconds)
    }

    /// As PostgreSQL writes it with `IntervalStyle` postgres.
    public var description: String {
        guard isFinite else { return self == .infinity ? "infinity" : "-infinity" }
        var parts: [String] = [], isBackwards = false
        for (number, unit) in [(months / 12, "year"), (months % 12, "mon"), (days, "day")] where number != 0 {
            parts.append("\(isBackwards && number > 0 ? "+" : "")\(number) \(unit)\(number == 1 ? "" : "s")")
            isBackwards = number < 0
        }
        if microseconds != 0 || parts.isEmpty {
            let sign = microseconds < 0 ? "-" : isBackwards ? "+" : ""
            parts.append(sign + ClockText.write(microseconds.magnitude))
        }
        return parts.joined(separator: " ")
    }
}
