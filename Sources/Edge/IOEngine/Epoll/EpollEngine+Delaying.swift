import CLinux
import MonotonicTime

/// Sockets that receive in bulk are looked at from time to time instead of whenever something comes.
///
/// A socket that rests is out of epoll. The end of its rest is an event like those of the kernel.
extension EpollEngine {
    /// Notes a piece; 0 for none where there might have been one.
    mutating func restOrNot(_ index: UInt32, _ count: Int) {
        let rests = sockets[index].flow.received(count, capacity: Self.receiveCapacity, at: now)
        if rests {
            let socket = SocketHandle(index: index, generation: sockets.generation(of: index))
            resting.append((socket, now.advanced(byNanoseconds: BulkFlow.restNanoseconds)))
        }
        guard rests != sockets[index].isResting else { return }
        sockets[index].isResting = rests
        register(index)
    }

    /// All rests are of the same length: the first to begin is the first to end.
    mutating func endRests() {
        var count = 0
        while count < resting.count, resting[count].until <= now, eventCount < Self.eventCapacity {
            let socket = resting[count].socket
            unsafe events[eventCount].events = WEIR_EPOLLIN
            unsafe events[eventCount].data.u64 = UInt64(socket.generation) << 32 | UInt64(socket.index)
            eventCount += 1
            count += 1
        }
        resting.removeFirst(count)
    }
}
