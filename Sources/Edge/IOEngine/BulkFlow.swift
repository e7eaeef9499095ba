package import MonotonicTime

/// How bytes come to a socket that receives in bulk, and whether to let some gather before receiving again.
///
/// PostgreSQL sends 8 KiB at a time. Being woken for each costs more than copying it: a socket that has received much,
/// and fast, rests a little after each piece. Whoever waits for the last one waits longer by a rest at the most, which is
/// little beside what came before it.
package struct BulkFlow {
    /// A smaller piece is the end of something rather than its middle, and no reason to rest.
    package static let leastPiece = 4 * 1024
    /// Long enough for several pieces, and much shorter than it takes to fill what the kernel keeps for a socket.
    package static let restNanoseconds: Int64 = 150_000

    /// So much must have come since something was sent the other way: an answer of that size takes a millisecond.
    package static let leastBytes: UInt32 = 256 * 1024
    /// So much must be expected to come during a rest: two pieces of PostgreSQL's.
    private static let leastGain: Int64 = 16 * 1024

    private var bytes: UInt32 = 0
    /// When the last piece came, in units of 1,024 ns, and without the higher bits.
    private var last: UInt32 = 0

    package init() {}

    /// Notes a piece.
    ///
    /// - Parameter capacity: of the buffer it came in: when that is full, more is waiting already.
    /// - Returns: whether to rest now.
    package mutating func received(_ count: Int, capacity: Int, at now: Instant) -> Bool {
        guard count >= Self.leastPiece else { return false }
        let present = UInt32(truncatingIfNeeded: now.nanoseconds >> 10)
        let gap = Int64(present &- last) << 10
        last = present
        bytes = min(bytes, Self.leastBytes) &+ UInt32(truncatingIfNeeded: count)
        return count < capacity && bytes >= Self.leastBytes
            && Int64(count) * Self.restNanoseconds >= gap * Self.leastGain
    }

    /// Bytes leave the other way: what comes next may be an answer that is waited for.
    package mutating func end() { bytes = 0 }
}
