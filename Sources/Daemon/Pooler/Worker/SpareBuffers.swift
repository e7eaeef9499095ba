/// Empty buffers whose memory is used again: a client that waits for a server takes no memory from the system.
struct SpareBuffers {
    /// Most requests are small; a larger buffer is not kept.
    private static let largestKept = 4 * 1024
    private static let mostKept = 1_024

    private var buffers: [[UInt8]] = []

    mutating func take() -> [UInt8] { buffers.popLast() ?? [] }

    mutating func giveBack(_ buffer: consuming [UInt8]) {
        guard buffer.capacity <= Self.largestKept, buffers.count < Self.mostKept else { return }
        buffer.removeAll(keepingCapacity: true)
        buffers.append(buffer)
    }
}
