/// A first-in, first-out queue of bytes.
struct ByteQueue {
    private var bytes: [UInt8] = []
    private var start = 0

    var count: Int { bytes.count - start }
    var isEmpty: Bool { count == 0 }

    mutating func append(_ more: [UInt8]) { bytes += more }

    /// Removes and returns the oldest bytes, at most `limit` of them. Amortized O(limit).
    mutating func take(_ limit: Int) -> [UInt8] {
        let end = start + max(0, min(limit, count))
        let taken = Array(bytes[start..<end])
        start = end
        if start == bytes.count {
            removeAll()
        } else if start > 65_536, start > bytes.count / 2 {
            bytes.removeFirst(start)
            start = 0
        }
        return taken
    }

    /// Returns the oldest bytes, at most `limit` of them, without removing them.
    func peek(_ limit: Int) -> [UInt8] { Array(bytes[start..<min(bytes.count, start + limit)]) }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        start = 0
    }
}
