/// A day or one of two infinities: PostgreSQL's `date`, from 4713 BC to 5874897 AD.
///
/// The binary form is an `Int32` of days since 2000-01-01; the two extremes of `Int32` are the infinities.
///
/// Source: PostgreSQL, datatype-datetime.html; src/include/utils/date.h
public struct PostgresDate: Hashable, Sendable {
    /// Days since 2000-01-01.
    public var daysSince2000: Int32

    /// Creates a day from its number of days since 2000-01-01.
    @inlinable
    public init(daysSince2000: Int32) { self.daysSince2000 = daysSince2000 }

    /// Creates a day of the Gregorian calendar; `nil` if it does not exist or is outside PostgreSQL's range.
    ///
    /// - Parameter year: in astronomical numbering: 0 is 1 BC, −1 is 2 BC.
    public init?(year: Int, month: Int, day: Int) {
        guard let civil = CivilDay(year: Int64(year), month: month, day: day) else { return nil }
        self.init(civil)
    }

    private init?(_ civil: CivilDay) {
        let days = civil.days
        guard (-2_451_545...2_145_031_948).contains(days) else { return nil }
        self.init(daysSince2000: Int32(days))
    }

    /// Later than every day.
    public static let infinity = PostgresDate(daysSince2000: .max)
    /// Earlier than every day.
    public static let minusInfinity = PostgresDate(daysSince2000: .min)

    /// Whether the value is a day and not an infinity.
    public var isFinite: Bool { self != .infinity && self != .minusInfinity }

    /// Year (0 is 1 BC), month and day; `nil` for the infinities.
    ///
    /// - Complexity: O(1)
    public var components: (year: Int, month: Int, day: Int)? {
        guard isFinite else { return nil }
        let civil = CivilDay(days: Int64(daysSince2000))
        return (Int(civil.year), civil.month, civil.day)
    }
}

extension PostgresDate: Comparable {
    /// Whether the left day is earlier.
    @inlinable
    public static func < (left: PostgresDate, right: PostgresDate) -> Bool { left.daysSince2000 < right.daysSince2000 }
}

extension PostgresDate: PostgresScalar {
    /// `date`.
    @inlinable public static var postgresType: PostgresType { .date }

    /// Reads the binary form.
    @inlinable
    public init(binary reader: inout PostgresReader) throws(PostgresDecodingError) {
        self.init(daysSince2000: try reader.integer())
    }

    /// Appends the binary form.
    @inlinable
    public func write(binary writer: inout PostgresWriter) { writer.write(daysSince2000) }

    /// Reads `2024-02-29`, `0044-03-15 BC`, `infinity`.
    public init?(_ description: String) {
        switch description {
        case "infinity": self = .infinity
        case "-infinity": self = .minusInfinity
        default:
            let civil = description.scanned { cursor in
                CivilDay(scanning: &cursor).flatMap { $0.checked(isBeforeChrist: cursor.skip(" BC")) }
            }
            guard let civil else { return nil }
            self.init(civil)
        }
    }

    /// As PostgreSQL writes it with `DateStyle` ISO.
    public var description: String {
        guard isFinite else { return self == .infinity ? "infinity" : "-infinity" }
        let civil = CivilDay(days: Int64(daysSince2000))
        return civil.text + (civil.isBeforeChrist ? " BC" : "")
    }
}
