import SeededChance

/// The only random number generator in a simulation: equal seeds give equal histories on every machine.
package struct SeededRandom: RandomNumberGenerator, Sendable {
    private var generator: SplitMix64

    package init(seed: UInt64) { generator = SplitMix64(seed: seed) }

    package mutating func next() -> UInt64 { generator.next() }

    /// Whether an event with probability `chance` happens; 0 is never, 1 is always.
    package mutating func happens(_ chance: Double) -> Bool {
        chance > 0 && Double(next() >> 11) * 0x1p-53 < chance
    }

    package mutating func number(in range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// A length between 1 and `limit`; small, medium and large ones are equally likely.
    package mutating func length(upTo limit: Int) -> Int {
        let scales = [8, 128, 2048, Int.max]
        return number(in: 1...max(1, min(limit, scales[number(in: 0...3)])))
    }

    /// A random element of a collection that is not empty.
    package mutating func element<Element>(of choices: [Element]) -> Element {
        choices[number(in: 0...(choices.count - 1))]
    }
}
