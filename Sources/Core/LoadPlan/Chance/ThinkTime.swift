/// The pause between a client's transactions in a closed loop.
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

    /// Draws one pause.
    package func draw(using random: inout LoadRandom) -> Duration {
        switch pattern {
        case .fixed: mean
        case .exponential: mean * random.exponential()
        }
    }
}
