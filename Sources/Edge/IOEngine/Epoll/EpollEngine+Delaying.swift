import CLinux
import MonotonicTime

/// Delays receiving on sockets that receive in bulk (``BulkFlow``).
///
/// A delayed socket is not registered with epoll. The end of its delay is treated as an event from the kernel.
extension EpollEngine {
    /// Records a piece; 0 means that nothing had arrived.
    mutating func delayIfBulk(_ index: UInt32, _ count: Int) {
        let isDelayed = sockets[index].flow.received(count, capacity: Self.receiveCapacity, at: now)
        if isDelayed {
            let socket = SocketHandle(index: index, generation: sockets.generation(of: index))
            delayed.append((socket, now.advanced(byNanoseconds: BulkFlow.delayNanoseconds)))
        }
        guard isDelayed != sockets[index].isDelayed else { return }
        sockets[index].isDelayed = isDelayed
        register(index)
    }

    /// All delays have the same length: the first to begin is the first to end.
    mutating func endDelays() {
        var count = 0
        while count < delayed.count, delayed[count].until <= now, eventCount < Self.eventCapacity {
            let socket = delayed[count].socket
            unsafe events[eventCount].events = WEIR_EPOLLIN
            unsafe events[eventCount].data.u64 = UInt64(socket.generation) << 32 | UInt64(socket.index)
            eventCount += 1
            count += 1
        }
        delayed.removeFirst(count)
    }
}
