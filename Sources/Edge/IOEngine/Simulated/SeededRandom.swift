/// The one source of chance in a simulation: equal seeds give equal histories on every machine.
///
/// Source: SplitMix64, Steele, Lea and Flood, “Fast Splittable Pseudorandom Number Generators”, 2014.
package struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    /// True in `chance` of all cases; 0 is never, 1 is always.
    package mutating func happens(_ chance: Double) -> Bool {
        chance > 0 && Double(next() >> 11) * 0x1p-53 < chance
    }

    package mutating func number(in range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// A length between 1 and `limit` in which small, middling and great ones are equally likely.
    package mutating func length(upTo limit: Int) -> Int {
        let scales = [8, 128, 2048, Int.max]
        return number(in: 1...max(1, min(limit, scales[number(in: 0...3)])))
    }

    /// An element of a collection that is not empty.
    package mutating func element<Element>(of choices: [Element]) -> Element {
        choices[number(in: 0...(choices.count - 1))]
    }
}
