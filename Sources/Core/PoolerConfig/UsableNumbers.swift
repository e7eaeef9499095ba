/// The whole numbers that a setting can act on, and what becomes of the others.
///
/// PgBouncer reads any integer that C reads, and its `SHOW CONFIG` shows the lower 32 bits of it. Most settings treat a
/// negative number like 0. So a number out of range is taken, shown as PgBouncer shows it, and acted on as the nearest
/// one in the range; only where PgBouncer itself could not work with it is it refused.
struct UsableNumbers: Hashable, Sendable {
    let range: ClosedRange<Int>
    /// Whether a number out of the range is an error.
    let refusesOthers: Bool

    init(_ range: ClosedRange<Int>, refusesOthers: Bool = false) {
        (self.range, self.refusesOthers) = (range, refusesOthers)
    }

    static func only(_ range: ClosedRange<Int>) -> UsableNumbers { UsableNumbers(range, refusesOthers: true) }

    /// The number as PgBouncer keeps it: 32 bits, without a sign where the range needs the thirty-second.
    func kept(_ number: Int) -> Int {
        range.upperBound > Int(Int32.max)
            ? Int(UInt32(truncatingIfNeeded: number)) : Int(Int32(truncatingIfNeeded: number))
    }

    /// The number to act on.
    func usable(_ number: Int) -> Int { min(max(number, range.lowerBound), range.upperBound) }
}
