/// The bytes that could not be sent at once, oldest first.
final class SendQueue {
    private var chunks: [[UInt8]] = []
    private var first = 0
    /// The number of bytes of the first chunk that have been sent.
    private var offset = 0

    var isEmpty: Bool { first == chunks.count }

    func append(_ bytes: UnsafeRawBufferPointer) {
        unsafe chunks.append(Array(bytes))
    }

    /// Offers the oldest bytes to `body`, which returns how many it sent.
    func send(_ body: (UnsafeRawBufferPointer) -> Int) {
        let taken = unsafe chunks[first].withUnsafeBytes { bytes in
            unsafe body(UnsafeRawBufferPointer(rebasing: bytes[offset...]))
        }
        offset += taken
        guard offset == chunks[first].count else { return }
        offset = 0
        chunks[first] = []
        first += 1
        if first == chunks.count || first > 64 {
            chunks.removeFirst(first)
            first = 0
        }
    }
}
