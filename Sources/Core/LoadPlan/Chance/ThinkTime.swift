/// How long a client of a closed loop rests between its transactions.
package struct ThinkTime: Hashable, Sendable {
    package enum Pattern: String, CaseIterable, Sendable {
        /// Always the mean.
        case fixed
        /// Exponentially distributed.
        case exponential
    }

    package var mean: Duration
    package var pattern: Pattern

    package init(mean: Duration, pattern: Pattern = .fixed) {
        self.mean = mean
        self.pattern = pattern
    }

    /// One pause.
    package func draw(using random: inout LoadRandom) -> Duration {
        switch pattern {
        case .fixed: mean
        case .exponential: mean * random.exponential()
        }
    }
}
