import SeededChance

/// Repeats its choices for the same seed.
struct SoakChance: RandomNumberGenerator {
    private var source: SplitMix64

    /// Separate choices for each of several users of one seed.
    init(_ seed: UInt64, _ member: Int) {
        source = SplitMix64(seed: seed &+ UInt64(truncatingIfNeeded: member) &* 0xD134_2543_DE82_EF95)
        _ = source.next()
    }

    mutating func next() -> UInt64 { source.next() }

    /// A number in `range`.
    mutating func number(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &self) }

    /// True once in so many times.
    mutating func oneIn(_ count: Int) -> Bool { number(1...count) == 1 }
}
