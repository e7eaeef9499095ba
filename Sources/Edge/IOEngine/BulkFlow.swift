package import MonotonicTime

/// Decides when a socket that receives in bulk delays its next receive, so that more bytes accumulate.
///
/// PostgreSQL sends 8 KiB at a time. A wake-up for each piece costs more than copying it: a socket that has received a
/// lot of data at a high rate pauses receiving briefly after each piece. The end of an answer is delayed by one such
/// delay at most, which is short compared with the time the answer takes.
package struct BulkFlow {
    /// A smaller piece probably ends an answer, so it causes no delay.
    package static let leastPiece = 4 * 1024
    /// Long enough for several pieces, and much shorter than it takes to fill the socket's kernel buffer.
    package static let delayNanoseconds: Int64 = 150_000

    /// The bytes that must have arrived since the last send in the other direction: an answer of that size takes a
    /// millisecond.
    package static let leastBytes: UInt32 = 256 * 1024
    /// The bytes that must be expected during a delay: two of PostgreSQL's pieces.
    private static let leastGain: Int64 = 16 * 1024

    private var bytes: UInt32 = 0
    /// The arrival time of the last piece, in units of 1,024 ns, without the higher bits.
    private var last: UInt32 = 0

    package init() {}

    /// Records a piece.
    ///
    /// - Parameter capacity: the size of its buffer: if the piece fills it, more bytes are already waiting.
    /// - Returns: whether to delay the next receive.
    package mutating func received(_ count: Int, capacity: Int, at now: Instant) -> Bool {
        guard count >= Self.leastPiece else { return false }
        let present = UInt32(truncatingIfNeeded: now.nanoseconds >> 10)
        let gap = Int64(present &- last) << 10
        last = present
        bytes = min(bytes, Self.leastBytes) &+ UInt32(truncatingIfNeeded: count)
        return count < capacity && bytes >= Self.leastBytes
            && Int64(count) * Self.delayNanoseconds >= gap * Self.leastGain
    }

    /// Bytes were sent in the other direction: the next bytes may be an answer that the peer waits for.
    package mutating func end() { bytes = 0 }
}
