/// Memory for bytes that must stay in place until the end of a turn. Allocation is O(1), and nothing is freed
/// individually.
@safe struct TurnArena: ~Copyable {
    private static let chunkSize = 64 * 1024

    private var chunks: [UnsafeMutableRawBufferPointer] = unsafe []
    private var used = 0

    deinit { deallocate() }

    private func deallocate() {
        for index in unsafe chunks.indices { unsafe chunks[index].deallocate() }
    }

    /// Allocates uninitialized memory, aligned for any system type.
    mutating func allocate(_ count: Int) -> UnsafeMutableRawPointer {
        let rounded = (count + 15) & ~15
        if let last = unsafe chunks.last, let start = last.baseAddress, used + rounded <= last.count {
            defer { used += rounded }
            return unsafe start + used
        }
        let size = max(Self.chunkSize, rounded)
        let chunk = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        unsafe chunks.append(UnsafeMutableRawBufferPointer(start: chunk, count: size))
        used = rounded
        return unsafe chunk
    }

    /// Copies the bytes.
    mutating func copy(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        guard let source = bytes.baseAddress else { return unsafe bytes }
        let copy = unsafe allocate(bytes.count)
        unsafe copy.copyMemory(from: source, byteCount: bytes.count)
        return unsafe UnsafeRawBufferPointer(start: copy, count: bytes.count)
    }

    /// Frees everything. One chunk is kept.
    mutating func reset() {
        used = 0
        guard unsafe chunks.count > 1 || chunks.first?.count ?? 0 > Self.chunkSize else { return }
        deallocate()
        unsafe chunks.removeAll()
    }
}
