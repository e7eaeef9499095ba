/// A point in time, or one of two infinities: PostgreSQL's `timestamptz`.
///
/// PostgreSQL stores no time zone with it: its text form uses the session's. The binary form is `Int64` microseconds
/// since 2000-01-01 in UTC; the two extremes of `Int64` are the infinities.
///
/// Source: PostgreSQL, datatype-datetime.html; src/include/datatype/timestamp.h
public struct PostgresTimestampTZ: Hashable, Sendable {
    /// Microseconds since 2000-01-01 00:00:00 UTC.
    public var microsecondsSince2000: Int64

    /// Creates a timestamp from its number of microseconds since 2000-01-01 00:00:00 UTC.
    @inlinable
    public init(microsecondsSince2000: Int64) { self.microsecondsSince2000 = microsecondsSince2000 }

    /// Creates a timestamp from a day and a time of day in UTC; `nil` for infinite days and outside PostgreSQL's range.
    public init?(_ date: PostgresDate, _ time: PostgresTime = PostgresTime(microseconds: 0)) {
        guard date.isFinite else { return nil }
        self.init(day: Int64(date.daysSince2000), microseconds: time.microseconds)
    }

    /// Later than all other timestamps.
    public static let infinity = PostgresTimestampTZ(microsecondsSince2000: .max)
    /// Earlier than all other timestamps.
    public static let minusInfinity = PostgresTimestampTZ(microsecondsSince2000: .min)

    /// Whether the value is not an infinity.
    @inlinable public var isFinite: Bool {
        microsecondsSince2000 != .max && microsecondsSince2000 != .min
    }

    /// The day and the time of day, in UTC; `nil` for the infinities, and for days that `date` cannot hold.
    public var dateAndTime: (date: PostgresDate, time: PostgresTime)? {
        guard isFinite, let (day, microseconds) = TimestampText.split(microsecondsSince2000) as (Int64, Int64)?,
            let day = Int32(exactly: day)
        else { return nil }
        return (PostgresDate(daysSince2000: day), PostgresTime(microseconds: microseconds))
    }

    private init?(day: Int64, microseconds: Int64) {
        guard let sum = TimestampText.joined(day: day, microseconds: microseconds) else { return nil }
        self.init(microsecondsSince2000: sum)
    }
}

extension PostgresTimestampTZ: Comparable {
    /// Whether the left timestamp is earlier.
    @inlinable
    public static func < (left: PostgresTimestampTZ, right: PostgresTimestampTZ) -> Bool {
        left.microsecondsSince2000 < right.microsecondsSince2000
    }
}

extension PostgresTimestampTZ: PostgresScalar {
    /// `timestamptz`.
    @inlinable public static var postgresType: PostgresType { .timestamptz }

    /// Reads the binary form.
    @inlinable
    public init(binary reader: inout PostgresReader) throws(PostgresDecodingError) {
        self.init(microsecondsSince2000: try reader.integer())
    }

    /// Appends the binary form.
    @inlinable
    public func write(binary writer: inout PostgresWriter) { writer.write(microsecondsSince2000) }

    /// Reads `2024-02-29 12:34:56.789+01`, `infinity`.
    public init?(_ description: String) {
        guard let microseconds = TimestampText.read(description, hasOffset: true) else { return nil }
        self.init(microsecondsSince2000: microseconds)
    }

    /// As PostgreSQL writes it with `DateStyle` ISO, in UTC.
    public var description: String { TimestampText.write(microsecondsSince2000, hasOffset: true) }
}
