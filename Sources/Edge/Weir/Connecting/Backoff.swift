/// How long to wait between attempts to connect while they fail: twice as long each time, up to a limit, and never
/// exactly as long as another process that began to fail at the same moment.
struct Backoff: Sendable {
    /// The delay after the first failure, at most. More than zero.
    var initial: Duration
    /// The longest delay.
    var limit: Duration
    /// Attempts that failed since the last that did not.
    private(set) var failures = 0

    init(initial: Duration, limit: Duration) {
        self.initial = max(initial, .milliseconds(1))
        self.limit = max(limit, initial)
    }

    /// Counts a failure.
    ///
    /// - Returns: how long to wait: from half to the whole of the delay that is due.
    mutating func failed(using random: inout some RandomNumberGenerator) -> Duration {
        var delay = initial
        for _ in 0..<failures where delay < limit { delay *= 2 }
        failures += 1
        return min(delay, limit) * Double.random(in: 0.5...1, using: &random)
    }

    /// Counts a success.
    mutating func succeeded() { failures = 0 }
}
