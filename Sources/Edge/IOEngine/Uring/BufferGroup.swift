import CLiburing
import Glibc

/// Receive buffers of one size that the kernel fills as bytes arrive, so that an idle connection holds none.
///
/// The kernel uses them in the order in which they are given back: so only as many circulate as bursts have needed, and
/// the circulating ones stay in the processor's cache.
@safe struct BufferGroup: ~Copyable {
    let number: UInt16
    let size: Int
    private let most: Int
    /// The number of buffers given to the kernel so far; the others have never been touched and take no memory.
    private(set) var circulating = 0
    private let queue: UnsafeMutablePointer<io_uring_buf_ring>
    private let memory: UnsafeMutableRawPointer

    /// - Parameters:
    ///   - most: the maximum number of buffers; a power of two.
    ///   - initial: the number that circulate from the beginning.
    init(_ number: UInt16, size: Int, most: Int, initial: Int, on ring: borrowing Ring) throws(SystemError) {
        // One mapping for both, the buffers first, so that it succeeds or fails as a whole.
        let memory = unsafe try Self.map(Self.mappedBytes(size, most))
        let queue = unsafe (memory + size * most).bindMemory(to: io_uring_buf_ring.self, capacity: 1)
        do throws(SystemError) {
            unsafe try ring.register(queue, entries: most, group: number)
        } catch {
            unsafe munmap(memory, Self.mappedBytes(size, most))
            throw error
        }
        self.number = number
        self.size = size
        self.most = most
        unsafe self.queue = unsafe queue
        unsafe self.memory = unsafe memory
        grow(to: initial)
    }

    /// The ring must be closed first: the kernel writes into this memory.
    deinit {
        unsafe munmap(memory, Self.mappedBytes(size, most))
    }

    /// The size of the buffers and of the queue after them, which must begin at a page: `size * most` is a multiple of
    /// one.
    private static func mappedBytes(_ size: Int, _ most: Int) -> Int {
        (size + MemoryLayout<io_uring_buf>.stride) * most
    }

    /// Maps memory that is allocated when it is touched.
    private static func map(_ count: Int) throws(SystemError) -> UnsafeMutableRawPointer {
        let memory = unsafe mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let memory = unsafe memory, unsafe memory != MAP_FAILED else { throw SystemError("mmap") }
        return unsafe memory
    }

    /// The first bytes of a buffer.
    func bytes(_ buffer: UInt16, count: Int) -> UnsafeRawBufferPointer {
        precondition(Int(buffer) < circulating && count <= size)
        return unsafe UnsafeRawBufferPointer(start: memory + Int(buffer) * size, count: count)
    }

    /// Returns a buffer to the kernel.
    func giveBack(_ buffer: UInt16) {
        unsafe weir_give_buffer(queue, memory + Int(buffer) * size, UInt32(size), buffer, UInt32(most))
    }

    /// Doubles the number of circulating buffers, up to the maximum, after the kernel found none.
    mutating func grow() { grow(to: min(most, circulating * 2)) }

    private mutating func grow(to count: Int) {
        while circulating < count {
            circulating += 1
            giveBack(UInt16(circulating - 1))
        }
    }
}
