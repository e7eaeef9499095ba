import SeededChance

/// The random numbers of a load: equal seeds give equal arrivals, values and think times on every machine.
package struct LoadRandom: Sendable {
    private var generator: SplitMix64

    package init(seed: UInt64) { generator = SplitMix64(seed: seed) }

    package mutating func next() -> UInt64 { generator.next() }

    /// A uniform random number in the range; over all 2⁶⁴ draws, the frequencies of two numbers differ by at most one.
    package mutating func number(in range: ClosedRange<Int64>) -> Int64 {
        let span = UInt64(bitPattern: range.upperBound &- range.lowerBound)
        let word = next()
        let offset = span == .max ? word : word.multipliedFullWidth(by: span + 1).high
        return range.lowerBound &+ Int64(bitPattern: offset)
    }

    /// At least 0, below 1.
    package mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Exponentially distributed with mean 1.
    ///
    /// Comparisons only, no logarithm: exact, and the same everywhere. About four draws on average.
    ///
    /// Source: von Neumann, “Various techniques used in connection with random digits”, 1951.
    package mutating func exponential() -> Double {
        var whole = 0.0
        while true {
            let first = fraction()
            var last = first
            var isOdd = true
            while true {
                let following = fraction()
                if following >= last { break }
                last = following
                isOdd.toggle()
            }
            if isOdd { return whole + first }
            whole += 1
        }
    }
}
