package import MonotonicTime

/// The distribution of the arrivals of an open loop.
package enum ArrivalPattern: String, CaseIterable, Sendable {
    /// Like independent users: the times between arrivals are exponentially distributed.
    case poisson
    /// At equal intervals.
    case uniform
}

/// The times at which the transactions of an open loop are due, independent of the server's speed.
///
/// This is not a queue: arrivals that have not been taken yet need no memory, because the schedule stores only its
/// position.
package struct ArrivalSchedule: Sendable {
    /// The time of the next transaction; may be in the past.
    package private(set) var next: Instant

    private let start: Instant
    private let interval: Double
    private let pattern: ArrivalPattern
    private var random: LoadRandom
    private var taken: Double = 0
    /// The time from the start to `next`, in nanoseconds.
    private var offset: Double = 0

    /// - Parameter rate: arrivals per second; above 0.
    package init(rate: Double, pattern: ArrivalPattern, seed: UInt64, from start: Instant) {
        self.start = start
        self.pattern = pattern
        interval = 1e9 / rate
        random = LoadRandom(seed: seed)
        next = start
        if pattern == .poisson { offset = random.exponential() * interval }
        next = instant
    }

    /// Removes the next arrival from the schedule and returns its time. O(1)
    package mutating func take() -> Instant {
        defer {
            taken += 1
            // Multiplication, because adding up would drift: this stays below a nanosecond a day.
            offset = pattern == .uniform ? taken * interval : offset + random.exponential() * interval
            next = instant
        }
        return next
    }

    /// 2⁶² ns are 146 years: longer than any run, and within the range of `Instant`.
    private var instant: Instant { start.advanced(by: .nanoseconds(Int64(min(offset, 0x1p62)))) }
}
