import LoadPlan
import MonotonicTime
import Testing

@Suite struct ChanceTests {
    /// The first outputs of the authors' implementation of SplitMix64 for seed 0.
    @Test func theGeneratorMatchesTheReferenceImplementation() {
        var random = LoadRandom(seed: 0)
        #expect([random.next(), random.next()] == [0xE220_A839_7B1D_CDAF, 0x6E78_9E6A_A1B9_65F4])
    }

    @Test(arguments: [-2...3, 0...0, Int64.max - 1...Int64.max, Int64.min...Int64.min + 2] as [ClosedRange<Int64>])
    func everyNumberOfARangeOccursAndNoOther(range: ClosedRange<Int64>) {
        var random = LoadRandom(seed: 7)
        let numbers = Set((0..<500).map { _ in random.number(in: range) })
        #expect(numbers == Set(range))
    }

    @Test func theFullRangeOfNumbersIsSupported() {
        var random = LoadRandom(seed: 7)
        let numbers = (0..<100).map { _ in random.number(in: .min ... .max) }
        #expect(Set(numbers).count == 100 && numbers.contains { $0 < 0 } && numbers.contains { $0 > 0 })
    }

    /// Mean 1, variance 1, and e⁻¹ = 36.8 % of all above 1.
    @Test func exponentialNumbersAreExponential() {
        var random = LoadRandom(seed: 3)
        let numbers = (0..<100_000).map { _ in random.exponential() }
        let mean = numbers.reduce(0, +) / 100_000
        let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 100_000
        #expect(abs(mean - 1) < 0.02 && abs(variance - 1) < 0.05)
        #expect(abs(Double(numbers.count { $0 > 1 }) / 100_000 - 0.3679) < 0.01)
    }

    // MARK: - Arrivals

    private let start = Instant(nanoseconds: 5_000_000_000)

    private func arrivals(_ count: Int, rate: Double, _ pattern: ArrivalPattern, seed: UInt64 = 1) -> [Instant] {
        var schedule = ArrivalSchedule(rate: rate, pattern: pattern, seed: seed, from: start)
        return (0..<count).map { _ in schedule.take() }
    }

    @Test func uniformArrivalsDoNotDrift() {
        let times = arrivals(3_000_001, rate: 30_000, .uniform)
        #expect(times[0] == start)
        #expect(times[3_000_000].nanoseconds(since: start) == 100_000_000_000)
    }

    @Test func poissonArrivalsKeepTheRateAndComeInOrder() {
        let times = arrivals(100_000, rate: 1000, .poisson)
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
        let seconds = Double(times[99_999].nanoseconds(since: start)) / 1e9
        #expect(abs(seconds - 100) < 2)
    }

    /// In a Poisson process the number of arrivals in a span of time has a variance equal to its mean.
    @Test func poissonArrivalsClusterLikeIndependentUsers() {
        let times = arrivals(100_000, rate: 1000, .poisson)
        var counts = [Double](repeating: 0, count: 900)
        for time in times {
            let bin = Int(time.nanoseconds(since: start) / 100_000_000)
            if bin < counts.count { counts[bin] += 1 }
        }
        let mean = counts.reduce(0, +) / 900
        let variance = counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 900
        #expect(abs(variance / mean - 1) < 0.2)
    }

    @Test func theSeedDecidesTheArrivals() {
        let first = arrivals(50, rate: 1000, .poisson, seed: 4)
        #expect(first == arrivals(50, rate: 1000, .poisson, seed: 4))
        #expect(first != arrivals(50, rate: 1000, .poisson, seed: 5))
    }

    @Test func theNextArrivalIsKnownBeforeItIsTaken() {
        var schedule = ArrivalSchedule(rate: 1000, pattern: .poisson, seed: 1, from: start)
        for _ in 0..<100 {
            let next = schedule.next
            #expect(schedule.take() == next)
        }
    }

    @Test func anExponentialThinkTimeHasTheRequestedMean() {
        var random = LoadRandom(seed: 1)
        let think = ThinkTime(mean: .milliseconds(10), pattern: .exponential)
        let total = (0..<20_000).reduce(Duration.zero) { sum, _ in sum + think.draw(using: &random) }
        #expect(abs(total / .milliseconds(200_000) - 1) < 0.05)
        #expect(ThinkTime(mean: .milliseconds(10)).draw(using: &random) == .milliseconds(10))
    }
}
