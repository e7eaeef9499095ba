/// The delay between failing attempts to connect: doubles with each failure up to a limit, and is randomized so that
/// processes that started to fail at the same moment do not retry together.
struct Backoff: Sendable {
    /// The upper bound of the delay after the first failure. Greater than zero.
    var initial: Duration
    /// The longest delay.
    var limit: Duration
    /// The number of failed attempts since the last successful one.
    private(set) var failures = 0

    init(initial: Duration, limit: Duration) {
        self.initial = max(initial, .milliseconds(1))
        self.limit = max(limit, initial)
    }

    /// Counts a failure.
    ///
    /// - Returns: how long to wait: a random duration between half the current delay and all of it.
    mutating func failed(using random: inout some RandomNumberGenerator) -> Duration {
        var delay = initial
        for _ in 0..<failures where delay < limit { delay *= 2 }
        failures += 1
        return min(delay, limit) * Double.random(in: 0.5...1, using: &random)
    }

    /// Counts a success.
    mutating func succeeded() { failures = 0 }
}
