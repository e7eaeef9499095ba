/// A comparison of two targets under the same load, measured alternately.
///
/// The noise of a machine, including slow drifts, affects both sides of a round alike; so each round gives a ratio, and
/// the spread of the ratios shows how reliable they are.
package struct Comparison: Equatable, Sendable {
    package struct Round: Equatable, Sendable {
        package var first: LoadReport
        package var second: LoadReport

        package init(first: LoadReport, second: LoadReport) {
            self.first = first
            self.second = second
        }
    }

    package private(set) var rounds: [Round]

    /// - Parameter rounds: at least one.
    package init?(rounds: [Round]) {
        guard !rounds.isEmpty else { return nil }
        self.rounds = rounds
    }

    /// A figure to compare.
    package enum Figure: String, CaseIterable, Sendable {
        case tps, mean, p50, p90, p99

        package func value(in report: LoadReport) -> Double {
            switch self {
            case .tps: report.transactionsPerSecond
            case .mean: report.latency.mean
            case .p50: Double(report.latency.percentile(50))
            case .p90: Double(report.latency.percentile(90))
            case .p99: Double(report.latency.percentile(99))
            }
        }
    }

    /// The second target's figure divided by the first's.
    package struct Ratio: Hashable, Sendable {
        package let median: Double
        package let lowest: Double
        package let highest: Double
    }

    /// The ratio over all rounds in which both sides have the figure; `nil` if there are none.
    package func ratio(_ figure: Figure) -> Ratio? {
        let ratios = rounds.compactMap { round -> Double? in
            let (first, second) = (figure.value(in: round.first), figure.value(in: round.second))
            return first > 0 && second > 0 ? second / first : nil
        }.sorted()
        guard let lowest = ratios.first, let highest = ratios.last else { return nil }
        let middle = ratios.count / 2
        let median = ratios.count.isMultiple(of: 2) ? (ratios[middle - 1] + ratios[middle]) / 2 : ratios[middle]
        return Ratio(median: median, lowest: lowest, highest: highest)
    }

    /// All rounds of the first target, merged.
    package var first: LoadReport { merged(rounds.map(\.first)) }
    /// All rounds of the second target, merged.
    package var second: LoadReport { merged(rounds.map(\.second)) }

    private func merged(_ reports: [LoadReport]) -> LoadReport {
        var sum = reports[0]
        for report in reports.dropFirst() { sum.merge(report) }
        return sum
    }
}
