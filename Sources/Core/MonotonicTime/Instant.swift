/// A point on the monotonic clock: nanoseconds since an arbitrary origin.
///
/// Cores never read a clock; the edge that drives them passes the current `Instant` in. A plain integer, because it is
/// compared several times per transaction; public because the compiler does not inline `package` declarations across
/// modules.
@frozen public struct Instant: Hashable, Comparable, Sendable {
    public var nanoseconds: Int64

    @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    @inlinable public static var zero: Instant { Instant(nanoseconds: 0) }
    /// The latest representable instant.
    @inlinable public static var never: Instant { Instant(nanoseconds: .max) }

    @inlinable public static func == (left: Instant, right: Instant) -> Bool { left.nanoseconds == right.nanoseconds }
    @inlinable public static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The instant `duration` later; saturates at ``never`` instead of overflowing.
    package func advanced(by duration: Duration) -> Instant { advanced(byNanoseconds: duration.wholeNanoseconds) }

    package static func + (instant: Instant, duration: Duration) -> Instant { instant.advanced(by: duration) }

    /// The instant `delay` nanoseconds later; saturates at ``never`` instead of overflowing.
    @inlinable public func advanced(byNanoseconds delay: Int64) -> Instant {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(delay)
        return Instant(nanoseconds: overflow ? .max : sum)
    }

    /// The nanoseconds from `earlier` to this instant; negative if `earlier` is later.
    @inlinable public func nanoseconds(since earlier: Instant) -> Int64 { nanoseconds &- earlier.nanoseconds }

    /// The whole microseconds from `earlier` to this instant, the unit of PgBouncer's statistics.
    @inlinable public func microseconds(since earlier: Instant) -> Int64 {
        (nanoseconds &- earlier.nanoseconds) / 1_000
    }

    package func duration(since earlier: Instant) -> Duration { .nanoseconds(nanoseconds &- earlier.nanoseconds) }
}

extension Duration {
    /// The duration in nanoseconds, clamped to ±292 years.
    package var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, carried) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return carried ? (seconds < 0 ? .min : .max) : sum
    }
}
