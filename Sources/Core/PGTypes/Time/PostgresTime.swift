/// A time of day without time zone, from 00:00 to 24:00: PostgreSQL's `time`.
///
/// The binary form is `Int64` microseconds.
///
/// Source: PostgreSQL, datatype-datetime.html
public struct PostgresTime: Hashable, Sendable {
    /// Microseconds since midnight, 0…86,400,000,000.
    public let microseconds: Int64

    /// Creates a time of day; values beyond either end are clamped.
    public init(microseconds: Int64) { self.microseconds = min(max(microseconds, 0), ClockText.microsecondsPerDay) }

    /// Creates a time of day; `nil` if it does not exist. 24:00:00 exists.
    public init?(hour: Int, minute: Int, second: Int = 0, microsecond: Int = 0) {
        guard (0...24).contains(hour), (0..<60).contains(minute), (0..<60).contains(second),
            (0..<1_000_000).contains(microsecond)
        else { return nil }
        let microseconds = Int64((hour * 60 + minute) * 60 + second) * 1_000_000 + Int64(microsecond)
        guard microseconds <= ClockText.microsecondsPerDay else { return nil }
        self.init(microseconds: microseconds)
    }

    /// The hour, 0…24.
    public var hour: Int { Int(microseconds / 3_600_000_000) }
    /// The minute, 0…59.
    public var minute: Int { Int(microseconds / 60_000_000 % 60) }
    /// The second, 0…59.
    public var second: Int { Int(microseconds / 1_000_000 % 60) }
    /// The microsecond, 0…999,999.
    public var microsecond: Int { Int(microseconds % 1_000_000) }
}

extension PostgresTime: Comparable {
    /// Whether the left time is earlier.
    public static func < (left: PostgresTime, right: PostgresTime) -> Bool { left.microseconds < right.microseconds }
}

extension PostgresTime: PostgresScalar {
    /// `time`.
    @inlinable public static var postgresType: PostgresType { .time }

    /// Reads the binary form.
    public init(binary reader: inout PostgresReader) throws(PostgresDecodingError) {
        let microseconds: Int64 = try reader.integer()
        guard (0...ClockText.microsecondsPerDay).contains(microseconds) else { throw reader.malformed }
        self.init(microseconds: microseconds)
    }

    /// Appends the binary form.
    public func write(binary writer: inout PostgresWriter) { writer.write(microseconds) }

    /// Reads `12:34:56.789`.
    public init?(_ description: String) {
        guard let microseconds = description.scanned({ ClockText.read(&$0) }),
            microseconds <= ClockText.microsecondsPerDay
        else { return nil }
        self.init(microseconds: microseconds)
    }

    /// As PostgreSQL writes it.
    public var description: String { ClockText.write(microseconds.magnitude) }
}
