import LoadPlan
import Testing

@Suite struct LatencyHistogramTests {
    /// Latencies of all magnitudes: small, medium and large ones are equally likely.
    private func latencies(_ count: Int, seed: UInt64) -> [Int64] {
        var random = LoadRandom(seed: seed)
        return (0..<count).map { _ in random.number(in: 0...(1 << random.number(in: 1...42))) }
    }

    private func histogram(_ latencies: [Int64]) -> LatencyHistogram {
        var histogram = LatencyHistogram()
        for latency in latencies { histogram.record(latency) }
        return histogram
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func percentilesAreNeverTooLowAndLessThanOnePercentTooHigh(seed: UInt64) {
        let latencies = latencies(Int(seed) * 137 + 1, seed: seed)
        let histogram = histogram(latencies)
        let sorted = latencies.sorted()
        for percent in [0, 1, 25, 50, 90, 99, 99.9, 100] {
            let rank = max(1, Int((percent / 100 * Double(sorted.count)).rounded(.up)))
            let exact = sorted[rank - 1]
            let found = histogram.percentile(percent)
            #expect(found >= exact && Double(found) <= Double(exact) * (1 + 1.0 / 128), "p\(percent) of seed \(seed)")
        }
        #expect(histogram.lowest == sorted.first && histogram.highest == sorted.last)
        #expect(histogram.count == UInt64(sorted.count))
        let mean = latencies.reduce(0) { $0 + Double($1) } / Double(latencies.count)
        #expect(abs(histogram.mean - mean) <= mean * 1e-9)
    }

    @Test func mergedHistogramsEqualOneThatRecordedEverything() {
        let (first, second) = (latencies(500, seed: 1), latencies(700, seed: 2))
        var merged = histogram(first)
        merged.merge(histogram(second))
        #expect(merged == histogram(first + second))
        merged.merge(LatencyHistogram())
        #expect(merged == histogram(first + second))
    }

    @Test func bucketsContainTheRecordedValuesInOrder() throws {
        let latencies = latencies(5000, seed: 9)
        let buckets = histogram(latencies).buckets
        #expect(buckets.reduce(0) { $0 + $1.count } == 5000)
        #expect(zip(buckets, buckets.dropFirst()).allSatisfy { $0.range.upperBound < $1.range.lowerBound })
        for latency in latencies {
            let bucket = try #require(buckets.first { $0.range.contains(latency) })
            #expect(Double(bucket.range.count - 1) <= Double(bucket.range.lowerBound) / 128)
        }
    }

    /// At the edges between octaves, an index is easily off by one.
    @Test func everyPowerOfTwoHasTheRightBucket() {
        for exponent in 0..<43 {
            for latency in [1 << exponent - 1, 1 << exponent, 1 << exponent + 1] as [Int64] {
                let bucket = histogram([latency]).buckets[0]
                #expect(bucket.range.contains(latency), "\(latency)")
            }
        }
    }

    @Test func valuesBeyondTheScaleAreClamped() {
        let histogram = histogram([-5, .max])
        #expect(histogram.lowest == 0 && histogram.highest == LatencyHistogram.greatestValue && histogram.count == 2)
    }

    @Test func anEmptyHistogramHasZeros() {
        var histogram = histogram([1, 2])
        histogram.removeAll()
        #expect(histogram == LatencyHistogram() && histogram.isEmpty && histogram.percentile(99) == 0)
        #expect(histogram.lowest == 0 && histogram.highest == 0 && histogram.mean == 0 && histogram.buckets.isEmpty)
    }

    @Test func theStandardDeviationIsThePopulations() {
        #expect(abs(histogram([2, 4, 4, 4, 5, 5, 7, 9]).standardDeviation - 2) < 1e-9)
    }
}
