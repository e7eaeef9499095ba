import CLiburing
import CLinux
import Glibc

/// Further bytes of a socket to send at the end of the turn.
@safe struct OutgoingPart {
    let bytes: UnsafeRawBufferPointer
}

/// Collects the bytes to send at the end of the turn, and queues those that could not be sent.
extension UringEngine {
    /// The maximum number of parts of one message; the kernel's limit is 1,024.
    private static let partLimit = 512

    package mutating func send(_ bytes: UnsafeRawBufferPointer, to socket: SocketHandle) -> Bool {
        guard isOpen(socket), unsafe !bytes.isEmpty else { return true }
        guard canCollect(socket.index, bytes.count) else { return unsafe enqueue(bytes, socket.index) }
        return unsafe collect(arena.copy(bytes), socket.index)
    }

    package mutating func forward(_ piece: ReceivedPiece, _ range: Range<Int>, to socket: SocketHandle) -> Bool {
        let bytes = unsafe UnsafeRawBufferPointer(rebasing: piece.bytes[range])
        guard let lent, lent.rawValue == piece.buffer else { return unsafe send(bytes, to: socket) }
        guard isOpen(socket), unsafe !bytes.isEmpty else { return true }
        guard canCollect(socket.index, bytes.count) else { return unsafe enqueue(bytes, socket.index) }
        isLentForwarded = true
        return unsafe collect(bytes, socket.index)
    }

    /// Whether nothing is queued before these bytes, and the turn's limit is not reached.
    private func canCollect(_ index: UInt32, _ count: Int) -> Bool {
        sockets[index].state == .open && sockets[index].queue == nil
            && sockets[index].outgoing.count + count <= Self.turnLimit
            && sockets[index].outgoing.parts.count < Self.partLimit
    }

    private mutating func collect(_ bytes: UnsafeRawBufferPointer, _ index: UInt32) -> Bool {
        if sockets[index].hasFailed { return true }
        if sockets[index].outgoing.count == 0 {
            unsafe sockets[index].outgoing.first = unsafe bytes
            makeDue(index)
        } else if !(unsafe extendFirst(bytes, index)) {
            unsafe addPart(OutgoingPart(bytes: bytes), index)
        }
        sockets[index].outgoing.count += bytes.count
        sockets[index].flow.end()
        return !sockets[index].isCongested
    }

    /// Merges adjacent ranges of one piece, as when an answer is forwarded message by message.
    private mutating func extendFirst(_ bytes: UnsafeRawBufferPointer, _ index: UInt32) -> Bool {
        let first = unsafe sockets[index].outgoing.first
        guard let start = first.baseAddress, sockets[index].outgoing.parts.isEmpty,
            unsafe start + first.count == bytes.baseAddress
        else { return false }
        unsafe sockets[index].outgoing.first = unsafe UnsafeRawBufferPointer(
            start: start, count: first.count + bytes.count)
        return true
    }

    /// Adds a part to the engine's list. A socket's parts are adjacent in it: if another socket's come in between, they
    /// are moved to the end.
    private mutating func addPart(_ part: OutgoingPart, _ index: UInt32) {
        let known = sockets[index].outgoing.parts
        let end = Int32(parts.count)
        if known.upperBound == end, !known.isEmpty {
            parts.append(part)
            sockets[index].outgoing.parts = known.lowerBound..<end + 1
        } else {
            for position in known { parts.append(parts[Int(position)]) }
            parts.append(part)
            sockets[index].outgoing.parts = end..<Int32(parts.count)
        }
    }

    /// Queues bytes after those that already wait.
    private mutating func enqueue(_ bytes: UnsafeRawBufferPointer, _ index: UInt32) -> Bool {
        if sockets[index].hasFailed { return true }
        let queue = sockets[index].queue ?? SendQueue()
        if sockets[index].queue == nil {
            unsafe withOutgoing(index) { unsafe queue.append($0) }
            sockets[index].outgoing = Outgoing()
            sockets[index].queue = queue
            makeDue(index)
        }
        unsafe queue.append(bytes)
        sockets[index].isCongested = true
        return false
    }

    private func withOutgoing(_ index: UInt32, _ body: (UnsafeRawBufferPointer) -> Void) {
        let outgoing = sockets[index].outgoing
        guard outgoing.count > 0 else { return }
        unsafe body(outgoing.first)
        for position in outgoing.parts { unsafe body(parts[Int(position)].bytes) }
    }

    // MARK: - The end of the turn

    /// Submits all bytes of one socket as one operation.
    mutating func submitOutgoing(_ handle: SocketHandle) {
        let outgoing = sockets[handle.index].outgoing
        let descriptor = sockets[handle.index].descriptor
        let tag = OperationTag(.send, index: handle.index, generation: handle.generation)
        if outgoing.parts.isEmpty {
            unsafe ring.send(outgoing.first, to: descriptor, tag)
            return
        }
        let count = 1 + outgoing.parts.count
        let vectors = unsafe arena.allocate(count * MemoryLayout<iovec>.stride).bindMemory(to: iovec.self, capacity: count)
        var next = 0
        unsafe withOutgoing(handle.index) { bytes in
            let vector = unsafe iovec(
                iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count)
            unsafe (vectors + next).initialize(to: vector)
            next += 1
        }
        let message = unsafe arena.allocate(MemoryLayout<msghdr>.stride).bindMemory(to: msghdr.self, capacity: 1)
        unsafe message.initialize(to: msghdr())
        unsafe message.pointee.msg_iov = unsafe vectors
        unsafe message.pointee.msg_iovlen = count
        unsafe ring.send(message, to: descriptor, tag)
    }

    /// Handles a send that failed or was short: the remaining bytes wait until the peer has room.
    mutating func sendFellShort(_ outcome: Ring.Outcome) {
        let index = outcome.tag.index
        guard sockets.isLive(index, outcome.tag.generation) else { return }
        var sent = Int(outcome.result)
        if sent < 0 {
            let error = -outcome.result
            guard error == EAGAIN || error == EINTR else {
                if let failure = fail(index, error) { ready.append(failure) }
                return
            }
            sent = 0
        }
        let queue = SendQueue()
        unsafe withOutgoing(index) { bytes in
            let skipped = min(sent, bytes.count)
            sent -= skipped
            if skipped < bytes.count { unsafe queue.append(UnsafeRawBufferPointer(rebasing: bytes[skipped...])) }
        }
        guard !queue.isEmpty else { return }
        sockets[index].queue = queue
        makeDue(index)
        guard !sockets[index].isCongested else { return }
        sockets[index].isCongested = true
        ready.append(.congested(sockets[index].token))
    }

    /// Frees the memory of the bytes sent in this submission.
    mutating func finishSending() {
        for handle in sending where sockets.isLive(handle.index, handle.generation) {
            sockets[handle.index].outgoing = Outgoing()
        }
        sending.removeAll(keepingCapacity: true)
        parts.removeAll(keepingCapacity: true)
        arena.reset()
        for buffer in forwarded { giveBack(buffer) }
        forwarded.removeAll(keepingCapacity: true)
    }

    // MARK: - Immediate sends

    /// Sends the bytes collected in this turn now, because the socket is about to be detached or closed; the remainder
    /// is queued.
    mutating func sendAtOnce(_ index: UInt32) {
        let queue = SendQueue()
        unsafe withOutgoing(index) { unsafe queue.append($0) }
        sockets[index].outgoing = Outgoing()
        guard !queue.isEmpty else { return }
        if empty(queue, index) == .blocked { sockets[index].queue = queue }
    }

    enum Emptying { case done, blocked, broken(Int32) }

    /// Sends from the queue until it is empty or the peer has no more room.
    func empty(_ queue: SendQueue, _ index: UInt32) -> Emptying {
        let descriptor = sockets[index].descriptor
        var error: Int32 = 0
        while !queue.isEmpty, error == 0 {
            unsafe queue.send { bytes in
                let count = unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, WEIR_SEND_FLAGS)
                if count < bytes.count { error = count < 0 ? errno : EAGAIN }
                return max(0, count)
            }
            if error == EINTR { error = 0 }
        }
        switch error {
        case 0: return .done
        case EAGAIN: return .blocked
        default: return .broken(error)
        }
    }

    /// Handles that the peer has room again.
    mutating func drain(_ index: UInt32) -> Completion? {
        guard let queue = sockets[index].queue else { return nil }
        switch empty(queue, index) {
        case .blocked:
            makeDue(index)
            return nil
        case .broken(let error):
            guard sockets[index].state != .flushing else {
                release(index, discardingInput: false)
                return nil
            }
            return fail(index, error)
        case .done:
            if sockets[index].state == .flushing {
                release(index, discardingInput: true)
                return nil
            }
            sockets[index].queue = nil
            sockets[index].isCongested = false
            return .drained(sockets[index].token)
        }
    }
}

extension UringEngine.Emptying: Equatable {}
