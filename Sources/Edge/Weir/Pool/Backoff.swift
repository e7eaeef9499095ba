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

/// A small generator that the same seed makes repeat itself.
///
/// Source: Sebastiano Vigna, SplitMix64.
struct SplitMix: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
