/// A time of day with its offset from UTC: PostgreSQL's `timetz`.
///
/// The binary form is `Int64` microseconds and `Int32` seconds *west* of Greenwich.
///
/// Source: PostgreSQL, datatype-datetime.html
public struct PostgresTimeTZ: Hashable, Sendable {
    /// The local time of day.
    public let time: PostgresTime
    /// Seconds east of Greenwich, less than 16 hours in either direction.
    public let utcOffsetSeconds: Int32

    /// Creates a time of day; `nil` if the offset is 16 hours or more.
    public init?(_ time: PostgresTime, utcOffsetSeconds: Int32) {
        guard utcOffsetSeconds.magnitude < 16 * 3600 else { return nil }
        self.time = time
        self.utcOffsetSeconds = utcOffsetSeconds
    }
}

extension PostgresTimeTZ: PostgresScalar {
    /// `timetz`.
    @inlinable public static var postgresType: PostgresType { .timetz }

    /// Reads the binary form.
    public init(binary reader: inout PostgresReader) throws(PostgresDecodingError) {
        let time = try PostgresTime(binary: &reader), west: Int32 = try reader.integer()
        guard let value = Self(time, utcOffsetSeconds: 0 &- west) else { throw reader.malformed }
        self = value
    }

    /// Appends the binary form.
    public func write(binary writer: inout PostgresWriter) {
        time.write(binary: &writer)
        writer.write(-utcOffsetSeconds)
    }

    /// Reads `12:34:56.789+05:30`.
    public init?(_ description: String) {
        let read = description.scanned { cursor -> (Int64, Int32)? in
            guard let clock = ClockText.read(&cursor), let offset = ClockText.readOffset(&cursor) else { return nil }
            return (clock, offset)
        }
        guard let (clock, offset) = read, clock <= ClockText.microsecondsPerDay else { return nil }
        self.init(PostgresTime(microseconds: clock), utcOffsetSeconds: offset)
    }

    /// As PostgreSQL writes it.
    public var description: String { time.description + ClockText.writeOffset(utcOffsetSeconds) }
}
