/// A point on the monotonic clock: nanoseconds since an arbitrary origin.
///
/// Cores never read a clock; the edge that drives them passes the present `Instant` in. A plain integer, because
/// it is compared several times per transaction.
package struct Instant: Hashable, Comparable, Sendable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package static let zero = Instant(nanoseconds: 0)

    package static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

    /// The instant `duration` later; stays at the far end of the clock instead of overflowing.
    package func advanced(by duration: Duration) -> Instant {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(duration.wholeNanoseconds)
        return Instant(nanoseconds: overflow ? .max : sum)
    }

    package static func + (instant: Instant, duration: Duration) -> Instant { instant.advanced(by: duration) }

    /// Nanoseconds from `earlier` to here; negative when `earlier` is the later one.
    package func nanoseconds(since earlier: Instant) -> Int64 { nanoseconds &- earlier.nanoseconds }

    /// Whole microseconds from `earlier` to here, the unit of PgBouncer's statistics.
    package func microseconds(since earlier: Instant) -> Int64 { (nanoseconds &- earlier.nanoseconds) / 1_000 }

    package func duration(since earlier: Instant) -> Duration { .nanoseconds(nanoseconds &- earlier.nanoseconds) }
}

extension Duration {
    /// The duration in nanoseconds, cut at ±292 years.
    package var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, carried) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return carried ? (seconds < 0 ? .min : .max) : sum
    }
}
