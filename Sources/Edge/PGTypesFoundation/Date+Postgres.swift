public import PGTypes

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A point in time, as `timestamptz`.
///
/// A `Date` cannot represent the infinities, and is exact to the microsecond only for about 140 years around 2001;
/// `PostgresTimestampTZ` represents all values.
extension Date: PostgresDecodable, PostgresEncodable {
    /// `timestamptz`.
    public static var postgresType: PostgresType { .timestamptz }

    /// Decodes `timestamptz`, and `date` as midnight in UTC, but not `timestamp`, which is not a point in time.
    ///
    /// - Throws: `notFinite` for the infinities.
    public init(decoding value: PostgresValue) throws(PostgresDecodingError) {
        let microseconds: Double
        if value.type.underlying == .date {
            let day = try PostgresDate(decoding: value)
            guard day.isFinite else { throw value.error(.notFinite, Self.self) }
            microseconds = Double(day.daysSince2000) * 86_400_000_000
        } else {
            let instant: PostgresTimestampTZ
            do throws(PostgresDecodingError) {
                instant = try PostgresTimestampTZ(decoding: value)
            } catch {
                throw value.error(error.code, Self.self)
            }
            guard instant.isFinite else { throw value.error(.notFinite, Self.self) }
            microseconds = Double(instant.microsecondsSince2000)
        }
        self.init(timeIntervalSinceReferenceDate: microseconds / 1_000_000 - Self.from2000To2001)
    }

    /// Appends `timestamptz`, to the nearest microsecond.
    public func encode(
        into writer: inout PostgresWriter, as type: PostgresType, in format: PostgresFormat
    ) throws(PostgresEncodingError) {
        let microseconds = ((timeIntervalSinceReferenceDate + Self.from2000To2001) * 1_000_000).rounded()
        guard let exact = Int64(exactly: microseconds) else {
            throw PostgresEncodingError(.outOfRange, type: type, source: Self.self)
        }
        try PostgresTimestampTZ(microsecondsSince2000: exact).encode(into: &writer, as: type, in: format)
    }

    // 2000 was a leap year.
    private static var from2000To2001: Double { 366 * 86_400 }
}
