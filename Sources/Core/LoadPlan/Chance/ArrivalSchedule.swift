package import MonotonicTime

/// How the arrivals of an open loop follow each other.
package enum ArrivalPattern: String, CaseIterable, Sendable {
    /// As independent users come: the times between two arrivals are exponentially distributed.
    case poisson
    /// At equal distances.
    case uniform
}

/// When the transactions of an open loop are due, whatever the server does.
///
/// Not a queue: arrivals that nobody has taken yet need no memory, because the schedule itself remembers where it is.
package struct ArrivalSchedule: Sendable {
    /// When the next transaction is due; may have passed.
    package private(set) var next: Instant

    private let start: Instant
    private let interval: Double
    private let pattern: ArrivalPattern
    private var random: LoadRandom
    private var taken: Double = 0
    /// Nanoseconds from the start to `next`.
    private var offset: Double = 0

    /// - Parameter rate: arrivals in a second; above 0.
    package init(rate: Double, pattern: ArrivalPattern, seed: UInt64, from start: Instant) {
        self.start = start
        self.pattern = pattern
        interval = 1e9 / rate
        random = LoadRandom(seed: seed)
        next = start
        if pattern == .poisson { offset = random.exponential() * interval }
        next = instant
    }

    /// Takes the next arrival off the schedule and returns when it was due. O(1)
    package mutating func take() -> Instant {
        defer {
            taken += 1
            // Multiplied, not added up, so that a whole day drifts by less than a nanosecond.
            offset = pattern == .uniform ? taken * interval : offset + random.exponential() * interval
            next = instant
        }
        return next
    }

    /// 2⁶² ns are 146 years: far beyond every run, and within what an `Instant` holds.
    private var instant: Instant { start.advanced(by: .nanoseconds(Int64(min(offset, 0x1p62)))) }
}
