/// Counts latencies in buckets whose width grows with their value, so that any number of them takes 38 kB.
///
/// The buckets are log-linear, as in HdrHistogram: each value below 256 ns has its own bucket, and each octave above
/// has 128. The width of a bucket is therefore at most 1/128 = 0.79 % of the smallest value in it. Percentiles are the
/// upper end of their bucket: never below the exact value, and above it by less than 0.79 %. Minimum, maximum and mean
/// are exact.
package struct LatencyHistogram: Sendable {
    /// The greatest distinguishable latency, 2⁴³ − 1 ns or 2.4 hours; greater ones are counted as this.
    package static let greatestValue: Int64 = 1 << 43 - 1

    private static let halfBits = 7
    private static let half = 1 << halfBits
    private static let bucketCount = index(of: greatestValue) + 1

    private var counts = [UInt64](repeating: 0, count: bucketCount)
    package private(set) var count: UInt64 = 0
    private var sum = 0.0
    private var sumOfSquares = 0.0
    private var least = Int64.max
    /// The longest latency, in nanoseconds; 0 in an empty histogram.
    package private(set) var highest: Int64 = 0

    package init() {}

    package var isEmpty: Bool { count == 0 }

    /// Counts one latency in nanoseconds; a negative one counts as 0. O(1)
    package mutating func record(_ nanoseconds: Int64) {
        let value = min(max(nanoseconds, 0), Self.greatestValue)
        counts[Self.index(of: value)] &+= 1
        count &+= 1
        sum += Double(value)
        sumOfSquares += Double(value) * Double(value)
        least = min(least, value)
        highest = max(highest, value)
    }

    /// Adds another histogram's counts. O(buckets)
    package mutating func merge(_ other: LatencyHistogram) {
        for index in counts.indices { counts[index] &+= other.counts[index] }
        count &+= other.count
        sum += other.sum
        sumOfSquares += other.sumOfSquares
        least = min(least, other.least)
        highest = max(highest, other.highest)
    }

    /// Removes everything and keeps the memory. O(buckets)
    package mutating func removeAll() {
        for index in counts.indices { counts[index] = 0 }
        count = 0
        sum = 0
        sumOfSquares = 0
        least = .max
        highest = 0
    }

    // MARK: - Results, in nanoseconds; all are 0 in an empty histogram

    package var lowest: Int64 { isEmpty ? 0 : least }
    package var mean: Double { isEmpty ? 0 : sum / Double(count) }

    package var standardDeviation: Double {
        guard !isEmpty else { return 0 }
        return max(0, sumOfSquares / Double(count) - mean * mean).squareRoot()
    }

    /// The smallest recorded value that at least `percent` of all values do not exceed (nearest rank). O(buckets)
    package func percentile(_ percent: Double) -> Int64 {
        guard !isEmpty else { return 0 }
        let rank = (percent / 100 * Double(count)).rounded(.up)
        let wanted = rank <= 1 ? 1 : rank >= Double(count) ? count : UInt64(rank)
        var passed: UInt64 = 0
        for (index, inBucket) in counts.enumerated() {
            passed &+= inBucket
            if passed >= wanted { return min(Self.range(of: index).upperBound, highest) }
        }
        return highest
    }

    /// A bucket that is not empty: its range of latencies, in nanoseconds, and their number.
    package struct Bucket: Hashable, Sendable {
        package let range: ClosedRange<Int64>
        package let count: UInt64
    }

    /// The buckets that are not empty, shortest latencies first. O(buckets)
    package var buckets: [Bucket] {
        counts.enumerated().filter { $0.element > 0 }.map {
            Bucket(range: Self.range(of: $0.offset), count: $0.element)
        }
    }

    // MARK: - Buckets

    /// - Parameter value: 0…`greatestValue`.
    private static func index(of value: Int64) -> Int {
        let magnitude = Int64.bitWidth - 1 - value.leadingZeroBitCount
        let shift = max(0, magnitude - halfBits)
        return shift << halfBits + Int(value >> Int64(shift))
    }

    private static func range(of index: Int) -> ClosedRange<Int64> {
        guard index >= 2 * half else { return Int64(index)...Int64(index) }
        let shift = index >> halfBits - 1
        let low = Int64(index & (half - 1) | half) << Int64(shift)
        return low...(low + 1 << Int64(shift) - 1)
    }
}

extension LatencyHistogram: Equatable {
    /// Whether the counts of all buckets and the extremes are equal.
    package static func == (left: LatencyHistogram, right: LatencyHistogram) -> Bool {
        left.counts == right.counts && left.lowest == right.lowest && left.highest == right.highest
    }
}
