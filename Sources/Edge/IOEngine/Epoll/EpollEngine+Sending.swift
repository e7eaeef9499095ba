import CLinux
import Glibc

/// Sends at once, and later what could not be sent.
extension EpollEngine {
    package mutating func send(_ bytes: UnsafeRawBufferPointer, to socket: SocketHandle) -> Bool {
        guard isOpen(socket) else { return true }
        return unsafe send(bytes, index: socket.index)
    }

    package mutating func forward(_ piece: ReceivedPiece, _ range: Range<Int>, to socket: SocketHandle) -> Bool {
        guard isOpen(socket) else { return true }
        return unsafe send(UnsafeRawBufferPointer(rebasing: piece.bytes[range]), index: socket.index)
    }

    mutating func send(_ bytes: UnsafeRawBufferPointer, index: UInt32) -> Bool {
        if sockets[index].hasFailed { return true }
        sockets[index].flow.end()
        var sent = 0
        if sockets[index].queue == nil, sockets[index].state == .open {
            sent = unsafe trySend(bytes, index: index)
            if sent < 0 { return true }
            if sent == bytes.count { return true }
        }
        let queue = sockets[index].queue ?? SendQueue()
        unsafe queue.append(UnsafeRawBufferPointer(rebasing: bytes[sent...]))
        sockets[index].queue = queue
        register(index)
        return false
    }

    /// - Returns: the number of bytes sent, or −1 if the socket is broken, which a separate completion reports.
    mutating func trySend(_ bytes: UnsafeRawBufferPointer, index: UInt32) -> Int {
        while true {
            let count = unsafe Glibc.send(sockets[index].descriptor, bytes.baseAddress, bytes.count, WEIR_SEND_FLAGS)
            if count >= 0 { return count }
            switch errno {
            case EINTR: continue
            case EAGAIN: return 0
            default:
                let error = errno
                if sockets[index].state != .flushing, let failure = fail(index, error) { ready.append(failure) }
                return -1
            }
        }
    }

    mutating func drain(_ index: UInt32) -> Completion? {
        guard let queue = sockets[index].queue else { return nil }
        var isBroken = false
        var isBlocked = false
        while !queue.isEmpty, !isBlocked, !isBroken {
            unsafe queue.send { bytes in
                let count = unsafe trySend(bytes, index: index)
                isBroken = count < 0
                isBlocked = count >= 0 && count < bytes.count
                return max(0, count)
            }
        }
        guard queue.isEmpty || isBroken else { return nil }
        if sockets[index].state == .flushing {
            release(index, discardingInput: !isBroken)
            return nil
        }
        sockets[index].queue = nil
        register(index)
        return isBroken ? nil : .drained(sockets[index].token)
    }
}
