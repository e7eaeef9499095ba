import CLiburing
import Glibc
import MonotonicTime

/// Receives, holds bytes that arrive during a pause, and switches between small and large buffers.
extension UringEngine {
    /// The number of consecutive full small buffers, or of nearly empty bulk buffers, after which the size is changed.
    private static let streakForBulk: UInt8 = 4
    private static let streakForSmall: UInt8 = 16

    mutating func received(_ outcome: Ring.Outcome) -> Completion? {
        let isBulk = outcome.tag.kind == .receiveBulk
        let buffer = outcome.buffer.map { ReceiveBuffer($0, isBulk: isBulk) }
        let index = outcome.tag.index
        guard sockets.isLive(index, outcome.tag.generation) else {
            if let buffer { giveBack(buffer) }
            return nil
        }
        if !outcome.hasMore {
            sockets[index].receiving = .no
            makeDue(index)
        }
        guard let buffer, outcome.result > 0 else {
            if let buffer { giveBack(buffer) }
            return receiveEnded(index, outcome.result, isBulk: isBulk)
        }
        let bytes = unsafe bytes(in: buffer, count: Int(outcome.result))
        guard sockets[index].state == .open, !sockets[index].hasFailed else {
            giveBack(buffer)
            return nil
        }
        if sockets[index].isPaused || sockets[index].held != nil {
            unsafe hold(bytes, index)
            giveBack(buffer)
            return nil
        }
        adjustBufferSize(index, bytes.count, isBulk: isBulk)
        if isBulk, sockets[index].flow.received(bytes.count, capacity: bulk.size, at: now) { delay(index) }
        lent = buffer
        return .received(sockets[index].token, unsafe ReceivedPiece(bytes: bytes, buffer: buffer.rawValue))
    }

    private mutating func receiveEnded(_ index: UInt32, _ result: Int32, isBulk: Bool) -> Completion? {
        switch -result {
        case 0:
            sockets[index].hasEnded = true
            return sockets[index].held == nil ? reportEnd(index) : watchedEnd(index)
        case ENOBUFS:
            if isBulk { bulk.grow() } else { small.grow() }
            return nil
        case ECANCELED, EAGAIN, EINTR: return nil
        case let error:
            guard sockets[index].held != nil || (sockets[index].isPaused && !sockets[index].watchesForClose) else {
                return fail(index, error)
            }
            if sockets[index].isPaused, sockets[index].watchesForClose { return fail(index, error) }
            heldInput(index).error = error
            sockets[index].hasEnded = true
            return nil
        }
    }

    private mutating func reportEnd(_ index: UInt32) -> Completion? {
        if sockets[index].isPaused { return watchedEnd(index) }
        guard !sockets[index].hasReportedEnd, !sockets[index].hasFailed else { return nil }
        sockets[index].hasReportedEnd = true
        makeDue(index)
        return .closed(sockets[index].token)
    }

    /// Reports the end of a socket that is paused, or still has bytes to report before it.
    mutating func watchedEnd(_ index: UInt32) -> Completion? {
        guard sockets[index].isPaused, sockets[index].watchesForClose, !sockets[index].hasReportedWatchedEnd,
            !sockets[index].hasFailed
        else { return nil }
        sockets[index].hasReportedWatchedEnd = true
        makeDue(index)
        return .closed(sockets[index].token)
    }

    // MARK: - Holding

    /// Keeps bytes that arrived for a paused socket; the end of the turn then cancels receiving.
    private mutating func hold(_ bytes: UnsafeRawBufferPointer, _ index: UInt32) {
        unsafe heldInput(index).bytes.append(contentsOf: bytes)
        makeDue(index)
    }

    private mutating func heldInput(_ index: UInt32) -> HeldInput {
        if let held = sockets[index].held { return held }
        let held = HeldInput()
        sockets[index].held = held
        return held
    }

    /// The next completion of a resumed socket: held bytes first, then its end or error.
    mutating func completionAfterResuming(_ handle: SocketHandle) -> Completion? {
        guard isOpen(handle), !sockets[handle.index].isPaused else { return nil }
        let index = handle.index
        guard let held = sockets[index].held else { return sockets[index].hasEnded ? reportEnd(index) : nil }
        if held.bytes.isEmpty {
            sockets[index].held = nil
            return held.error == 0 ? nil : fail(index, held.error)
        }
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: held.bytes.count, alignment: 16)
        unsafe copy.copyBytes(from: held.bytes)
        unsafe lentBytes = unsafe copy
        held.bytes = []
        if held.error == 0 { sockets[index].held = nil }
        if sockets[index].hasEnded { resumed.append(handle) }
        makeDue(index)
        return .received(sockets[index].token, unsafe ReceivedPiece(bytes: UnsafeRawBufferPointer(copy)))
    }

    // MARK: - Buffers

    /// Ends the handling of the piece that was returned last.
    mutating func endPiece() {
        if let buffer = lent {
            lent = nil
            if isLentForwarded {
                isLentForwarded = false
                forwarded.append(buffer)
            } else {
                giveBack(buffer)
            }
        }
        if unsafe lentBytes != nil {
            unsafe lentBytes?.deallocate()
            unsafe lentBytes = nil
        }
    }

    private func bytes(in buffer: ReceiveBuffer, count: Int) -> UnsafeRawBufferPointer {
        buffer.isBulk ? unsafe bulk.bytes(buffer.number, count: count) : unsafe small.bytes(buffer.number, count: count)
    }

    func giveBack(_ buffer: ReceiveBuffer) {
        if buffer.isBulk { bulk.giveBack(buffer.number) } else { small.giveBack(buffer.number) }
    }

    private mutating func adjustBufferSize(_ index: UInt32, _ count: Int, isBulk: Bool) {
        guard isBulk == sockets[index].isBulk else { return }
        let suitsOtherSize = isBulk ? count < small.size : count == small.size
        guard suitsOtherSize else {
            sockets[index].bufferSizeStreak = 0
            return
        }
        sockets[index].bufferSizeStreak += 1
        guard sockets[index].bufferSizeStreak == (isBulk ? Self.streakForSmall : Self.streakForBulk) else { return }
        sockets[index].bufferSizeStreak = 0
        sockets[index].isBulk.toggle()
        makeDue(index)
    }

    // MARK: - Delaying

    /// Delays receiving; arriving bytes stay in the kernel.
    private mutating func delay(_ index: UInt32) {
        guard sockets[index].receiving == .no, !sockets[index].isDelayed else { return }
        sockets[index].isDelayed = true
        delayed.append((handle(index), now.advanced(byNanoseconds: BulkFlow.delayNanoseconds)))
    }

    /// All delays have the same length: the first to begin is the first to end.
    mutating func endDelays() {
        guard let first = delayed.first, first.until <= now else { return }
        let now = now
        let ended = delayed.prefix { $0.until <= now }
        for (socket, _) in ended where sockets.isLive(socket.index, socket.generation) {
            sockets[socket.index].isDelayed = false
            makeDue(socket.index)
        }
        delayed.removeFirst(ended.count)
    }

    // MARK: - Starting and stopping

    /// Begins or ends receiving, depending on the socket's state.
    mutating func adjustReceiving(_ handle: SocketHandle) {
        let index = handle.index
        let isBulk = sockets[index].isBulk
        switch sockets[index].receiving {
        case .ending: break
        case .no:
            guard sockets[index].wantsToReceive else { return }
            sockets[index].receiving = isBulk ? .bulk : .small
            let tag = receiveTag(handle, isBulk: isBulk)
            if isBulk {
                ring.receiveOnce(sockets[index].descriptor, group: bulk.number, size: bulk.size, tag)
            } else {
                ring.receive(sockets[index].descriptor, group: small.number, tag)
            }
        case .small, .bulk:
            let mustStop =
                sockets[index].held != nil || sockets[index].hasFailed || sockets[index].state != .open
                || (sockets[index].receiving == .bulk) != isBulk
            if mustStop { cancelReceiving(handle) }
        }
    }

    mutating func cancelReceiving(_ handle: SocketHandle) {
        let receiving = sockets[handle.index].receiving
        guard receiving == .small || receiving == .bulk else { return }
        ring.cancel(receiveTag(handle, isBulk: receiving == .bulk))
        sockets[handle.index].receiving = .ending
    }

    private func receiveTag(_ handle: SocketHandle, isBulk: Bool) -> OperationTag {
        OperationTag(isBulk ? .receiveBulk : .receive, index: handle.index, generation: handle.generation)
    }
}
