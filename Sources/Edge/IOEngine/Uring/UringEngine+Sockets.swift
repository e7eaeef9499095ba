import CLiburing
import CLinux
import Glibc
import MonotonicTime

/// Attaches, opens, pauses and closes sockets.
extension UringEngine {
    package mutating func attach(_ socket: DetachedSocket, token: SocketToken) -> SocketHandle {
        insert(UringSocket(descriptor: socket.rawValue, token: token, state: .open))
    }

    package mutating func detach(_ socket: SocketHandle) -> DetachedSocket? {
        guard isOpen(socket), sockets[socket.index].state == .open, !sockets[socket.index].hasFailed,
            sockets[socket.index].queue == nil, sockets[socket.index].held == nil, !hasUnreported(socket),
            hasSentAtOnce(socket.index)
        else { return nil }
        cancelOperations(socket)
        // The kernel must stop receiving before another owner receives from the socket.
        ring.submit()
        return DetachedSocket(rawValue: sockets.remove(socket.index).descriptor)
    }

    /// Sends the bytes collected in this turn; true if none are left.
    private mutating func hasSentAtOnce(_ index: UInt32) -> Bool {
        guard sockets[index].outgoing.count > 0 else { return true }
        sendAtOnce(index)
        guard sockets[index].queue != nil else { return true }
        sockets[index].isCongested = true
        makeDue(index)
        return false
    }

    /// Whether received bytes of the socket will be reported later in this turn.
    private func hasUnreported(_ socket: SocketHandle) -> Bool {
        for outcome in outcomes[nextOutcome...] {
            let tag = outcome.tag
            let isReceive = tag.kind == .receive || tag.kind == .receiveBulk
            if isReceive, tag.index == socket.index, tag.generation == socket.generation, outcome.result > 0 {
                return true
            }
        }
        return false
    }

    package mutating func connect(
        to address: SocketAddress, options: SocketOptions, token: SocketToken
    ) -> SocketHandle {
        do {
            let descriptor = try PosixSockets.connect(to: address, options: options)
            return insert(UringSocket(descriptor: descriptor, token: token, state: .connecting))
        } catch {
            ready.append(.failed(token, error.number))
            return .none
        }
    }

    private mutating func finishConnecting(_ index: UInt32) -> Completion? {
        let error = pendingError(index)
        guard error == 0 else { return fail(index, error) }
        sockets[index].state = .open
        return .connected(sockets[index].token)
    }

    package mutating func setToken(_ token: SocketToken, of socket: SocketHandle) {
        guard isOpen(socket) else { return }
        sockets[socket.index].token = token
    }

    package mutating func pause(_ socket: SocketHandle, watchingForClose: Bool) {
        guard isOpen(socket) else { return }
        let index = socket.index
        sockets[index].isPaused = true
        sockets[index].watchesForClose = watchingForClose
        guard watchingForClose else { return }
        if sockets[index].hasEnded {
            // The peer closed before the socket was watched.
            if let error = sockets[index].held?.error, error != 0 {
                if let failure = fail(index, error) { ready.append(failure) }
            } else if let end = watchedEnd(index) {
                ready.append(end)
            }
        } else if sockets[index].receiving == .no {
            makeDue(index)
        }
    }

    package mutating func resume(_ socket: SocketHandle) {
        guard isOpen(socket), sockets[socket.index].isPaused else { return }
        let index = socket.index
        sockets[index].isPaused = false
        sockets[index].hasReportedWatchedEnd = false
        if sockets[index].held != nil || sockets[index].hasEnded { resumed.append(socket) }
        if sockets[index].receiving == .no { makeDue(index) }
    }

    package mutating func close(_ socket: SocketHandle, flushing keepsSending: Bool) {
        guard isOpen(socket) else { return }
        let index = socket.index
        if sockets[index].queue == nil, sockets[index].outgoing.count > 0, !sockets[index].hasFailed {
            sendAtOnce(index)
        }
        guard keepsSending, sockets[index].queue != nil else { return release(index, discardingInput: keepsSending) }
        sockets[index].state = .flushing
        sockets[index].isPaused = true
        sockets[index].watchesForClose = false
        makeDue(index)
        flushing.append((socket, now + Self.flushTime))
    }

    /// - Parameter discardingInput: reads a few times first. A socket closed with unread bytes sends a reset, and the
    ///   peer may lose the error message just sent to it.
    mutating func release(_ index: UInt32, discardingInput: Bool) {
        cancelOperations(handle(index))
        let descriptor = sockets.remove(index).descriptor
        if discardingInput { PosixSockets.discardInput(descriptor) }
        // The peer sees the end when the operations that still refer to the socket are canceled, with this turn.
        Glibc.close(descriptor)
    }

    private mutating func insert(_ socket: UringSocket) -> SocketHandle {
        let index = sockets.insert(socket)
        makeDue(index)
        return handle(index)
    }

    package func isOpen(_ socket: SocketHandle) -> Bool {
        sockets.isLive(socket.index, socket.generation) && sockets[socket.index].state != .flushing
    }

    package func descriptor(of socket: SocketHandle) -> Int32? {
        sockets.isLive(socket.index, socket.generation) ? sockets[socket.index].descriptor : nil
    }

    private mutating func cancelOperations(_ handle: SocketHandle) {
        cancelReceiving(handle)
        if sockets[handle.index].polled != 0 { ring.cancel(pollTag(handle)) }
    }

    // MARK: - Polling

    /// Polls for events that receiving does not report: room to send, the end of a connection attempt, a close after
    /// unread bytes.
    mutating func adjustPoll(_ handle: SocketHandle) {
        let index = handle.index
        let needed = sockets[index].neededPoll
        let polled = sockets[index].polled
        if polled == 0 {
            guard needed != 0 else { return }
            sockets[index].polled = needed
            ring.poll(sockets[index].descriptor, needed, pollTag(handle))
        } else if needed & ~polled != 0, !sockets[index].isPollCanceled {
            sockets[index].isPollCanceled = true
            ring.cancel(pollTag(handle))
        }
    }

    private func pollTag(_ handle: SocketHandle) -> OperationTag {
        OperationTag(.poll, index: handle.index, generation: handle.generation)
    }

    mutating func polled(_ outcome: Ring.Outcome) -> Completion? {
        let index = outcome.tag.index
        guard sockets.isLive(index, outcome.tag.generation) else { return nil }
        sockets[index].polled = 0
        sockets[index].isPollCanceled = false
        makeDue(index)
        guard outcome.result >= 0, !sockets[index].hasFailed else { return nil }
        let events = UInt32(bitPattern: outcome.result)
        if sockets[index].state == .connecting { return finishConnecting(index) }
        let hasEnded = events & (WEIR_POLLHUP | WEIR_POLLERR) != 0
        if sockets[index].queue != nil, events & WEIR_POLLOUT != 0 || hasEnded {
            if let completion = drain(index) { return completion }
            guard sockets.isLive(index, outcome.tag.generation), !hasEnded else { return nil }
        }
        let isEndKnown =
            sockets[index].hasReportedEnd || sockets[index].isPaused && sockets[index].hasReportedWatchedEnd
        if sockets[index].state == .open, isEndKnown, hasEnded {
            let error = pendingError(index)
            return fail(index, error == 0 ? ECONNRESET : error)
        }
        guard sockets[index].state == .open, sockets[index].isPaused, sockets[index].receiving == .no else { return nil }
        if events & WEIR_POLLERR != 0 { return fail(index, pendingError(index)) }
        return events & (WEIR_POLLRDHUP | WEIR_POLLHUP) != 0 ? watchedEnd(index) : nil
    }

    func pendingError(_ index: UInt32) -> Int32 { PosixSockets.pendingError(sockets[index].descriptor) }
}
