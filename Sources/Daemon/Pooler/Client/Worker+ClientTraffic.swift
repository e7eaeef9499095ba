import IOEngine
import MonotonicTime
import PGWire
import PoolCore
import PoolerConfig
import PoolerStats
import RelayCore

/// Requests of clients that are logged in.
extension Worker where Engine: ~Copyable {
    /// A first message that is not longer than this is collected whole before a server is taken for it, so that a
    /// client that sends half a message keeps no server from the others.
    static var collectedLength: Int { 16 * 1024 }

    mutating func receive(fromClient slot: Slot<Client>, _ piece: ReceivedPiece) {
        switch clients[slot].phase {
        case .startup, .authenticating, .awaitingWelcome: unsafe receiveLogin(slot, piece.bytes)
        case .console, .consoleWaiting: unsafe receiveConsole(slot, piece.bytes)
        case .canceling: break
        case .waiting: keep(slot, piece)
        case .active:
            if clients[slot].held != nil || isBeingPrepared(slot) {
                keep(slot, piece)
                pursueHeld(slot)
            } else {
                handle(slot, piece)
            }
        }
    }

    /// The linked server is still being given the client's parameters.
    @inline(__always)
    private func isBeingPrepared(_ slot: Slot<Client>) -> Bool {
        guard let server = clients[slot].server else { return false }
        return servers[server].isSettingParameters
    }

    /// Handles bytes with nothing held before them, and keeps those that cannot be passed on yet.
    @inline(__always)
    private mutating func handle(_ slot: Slot<Client>, _ piece: ReceivedPiece) {
        if clients[slot].server != nil {
            let consumed = forward(fromClient: slot, piece)
            keepRest(slot, piece, from: consumed)
        } else {
            begin(slot, piece)
        }
    }

    /// The first bytes of a request of a client without a server.
    private mutating func begin(_ slot: Slot<Client>, _ piece: ReceivedPiece) {
        var piece = piece
        if clients[slot].skipping != .no {
            let start = skip(slot, piece)
            guard clients.isLive(slot) else { return }
            guard start < piece.count, clients[slot].skipping == .no else { return keepRest(slot, piece, from: start) }
            piece = piece.dropping(start)
        }
        if mayBeLateCopyData(slot, piece) {
            let start = dropLateCopyData(slot, piece)
            guard start < piece.count, clients.isLive(slot) else { return }
            piece = piece.dropping(start)
        }
        switch unsafe inspect(slot, piece.bytes) {
        case .refused: return
        case .incomplete: keep(slot, piece)
        case .ready:
            requestServer(slot)
            guard clients.isLive(slot) else { return }
            if clients[slot].phase == .active, clients[slot].server != nil, !isBeingPrepared(slot) {
                let consumed = forward(fromClient: slot, piece)
                keepRest(slot, piece, from: consumed)
            } else {
                keep(slot, piece)
            }
        }
    }

    /// Held bytes have grown, or their server has come.
    mutating func pursueHeld(_ slot: Slot<Client>) {
        guard clients[slot].phase == .active, !isBeingPrepared(slot),
            !clients[slot].readHolds.contains(.awaitingAnswer),
            clients[slot].held?.count ?? 0 >= clients[slot].neededBytes, let held = clients[slot].held.take()
        else { return }
        clients[slot].neededBytes = 0
        unsafe held.withUnsafeBytes { handle(slot, unsafe ReceivedPiece(bytes: $0)) }
        spareBuffers.giveBack(held)
    }

    @inline(__always)
    private func mayBeLateCopyData(_ slot: Slot<Client>, _ piece: ReceivedPiece) -> Bool {
        guard clients[slot].scanner.isAtBoundary else { return true }
        return unsafe piece.bytes.first.map { FrontendMessage.isCopy(MessageType(rawValue: $0)) } ?? true
    }

    /// Skips what a client still sends of a COPY that has failed: PostgreSQL ignores it, and a server taken for it
    /// would have nothing to answer.
    ///
    /// - Returns: where something else begins.
    private mutating func dropLateCopyData(_ slot: Slot<Client>, _ piece: ReceivedPiece) -> Int {
        let bytes = unsafe piece.bytes.bytes
        var position = 0
        while position < piece.count {
            if clients[slot].scanner.isAtBoundary {
                let type = unsafe MessageType(rawValue: piece.bytes[position])
                guard piece.count - position >= 5, FrontendMessage.isCopy(type) else { break }
            }
            let limit = traffic.maxPacketSize
            if case .invalidLength = clients[slot].scanner.step(in: bytes, at: &position, maximumLength: limit) {
                disconnectClient(slot, "bad packet header")
                return piece.count
            }
        }
        return position
    }

    private enum Inspection {
        /// A whole message, or one too long to wait for.
        case ready
        case incomplete
        /// The client has been disconnected.
        case refused
    }

    /// Looks at the first message of a client without a server.
    private mutating func inspect(_ slot: Slot<Client>, _ bytes: UnsafeRawBufferPointer) -> Inspection {
        guard let type = unsafe bytes.first else { return .incomplete }
        if type == FrontendMessage.terminate.rawValue {
            disconnectClient(slot, "client close request", notifying: false)
            return .refused
        }
        guard FrontendMessage.isAllowedAfterLogin(type) else {
            disconnectClient(slot, "unknown pkt")
            return .refused
        }
        guard bytes.count >= 5 else { return .incomplete }
        let length = Int(UInt32(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: 1, as: UInt32.self)))
        guard length >= 4, length <= traffic.maxPacketSize else {
            disconnectClient(slot, "bad packet header")
            return .refused
        }
        return bytes.count >= 1 + length || bytes.count >= Self.collectedLength ? .ready : .incomplete
    }

    /// Keeps bytes until they can be passed on.
    private mutating func keep(_ slot: Slot<Client>, _ piece: ReceivedPiece) {
        if clients[slot].held == nil { clients[slot].held = spareBuffers.take() }
        unsafe clients[slot].held?.append(contentsOf: piece.bytes)
    }

    private mutating func keepRest(_ slot: Slot<Client>, _ piece: ReceivedPiece, from consumed: Int) {
        guard consumed < piece.count, clients.isLive(slot) else { return }
        keep(slot, piece.dropping(consumed))
    }

    // MARK: - Forwarding

    /// Sends a piece on to the linked server, recording what is asked of it.
    ///
    /// The client may be gone on return.
    ///
    /// - Returns: how much was dealt with. The rest is the beginning of a message that cannot be judged yet, at least of
    ///   its header: it is kept, because the server may be given back before more of it comes.
    private mutating func forward(fromClient slot: Slot<Client>, _ piece: ReceivedPiece) -> Int {
        guard let server = clients[slot].server else { return 0 }
        assert(!hasRequests, "bytes written for one client would be sent for another")
        let bytes = unsafe piece.bytes.bytes
        let limit = traffic.maxPacketSize
        let scope = clients[slot].link.scope
        var position = 0
        /// Where the part begins that has not been sent.
        var pending = 0
        /// The message that begins is recorded already.
        var isRecorded = false
        scan: while position < piece.count {
            let isAtBoundary = clients[slot].scanner.isAtBoundary
            if isAtBoundary {
                guard piece.count - position >= 5 else { break }
                if scope != .session, mustJudge(piece, position, in: scope) {
                    switch judge(slot, piece, position) {
                    case .pass: break
                    case .incomplete(let end):
                        clients[slot].neededBytes = end - position
                        break scan
                    case .disconnect(let reason, let code):
                        pass(piece, pending..<position, fromClient: slot, to: server)
                        flushRequests(ofClient: slot, to: server)
                        disconnectClient(slot, reason, code: code, departure: .terminated)
                        return piece.count
                    case .statement(let message):
                        collect(piece, pending..<position, fromClient: slot, to: server)
                        pending = position
                        hasRequests = true
                        switch place(slot, server, piece, position, message) {
                        case .replaced: clients[slot].dropsMessage = true
                        case .begun:
                            pending = message.name.upperBound + 1
                            isRecorded = true
                        case .waiting: break scan
                        case .disconnected: return piece.count
                        }
                    }
                }
            }
            let start = position
            switch clients[slot].scanner.step(in: bytes, at: &position, maximumLength: limit) {
            case .message(let type, let length, _, _):
                if clients[slot].dropsMessage {
                    noteRequest(slot)
                    break
                }
                // PostgreSQL gives up on a connection with a longer one, perhaps when another client has it.
                if length > 9_996, type == FrontendMessage.copyDone || type == FrontendMessage.copyFail {
                    refuse(slot, "bad packet header")
                    return piece.count
                }
                if type == FrontendMessage.query, traffic.disablesPqexec {
                    refuse(slot, "PQexec disallowed")
                    return piece.count
                }
                if isRecorded {
                    isRecorded = false
                    noteRequest(slot)
                    break
                }
                guard clients[slot].link.clientSent(type) else {
                    pass(piece, pending..<start, fromClient: slot, to: server)
                    flushRequests(ofClient: slot, to: server)
                    leave(slot, with: type)
                    return piece.count
                }
                noteRequest(slot)
            case .continuation, .end: break
            case .invalidLength:
                refuse(slot, "bad packet header")
                return piece.count
            }
            if clients[slot].dropsMessage {
                pending = position
                if clients[slot].scanner.isAtBoundary { clients[slot].dropsMessage = false }
            }
        }
        pass(piece, pending..<max(pending, position), fromClient: slot, to: server)
        flushRequests(ofClient: slot, to: server)
        if let database = clients[slot].database { stats(of: database) { $0.bytesReceived += UInt64(position) } }
        // This may have been the rest of a message of a failed COPY, which alone had kept the two together.
        if clients[slot].link.requests.isSettled { _ = continueOrSeparate(slot, server) }
        return position
    }

    /// Ends a client because of a message. What came before it in the piece and has not been sent is not sent any more.
    private mutating func refuse(_ slot: Slot<Client>, _ reason: String) {
        discardRequests()
        disconnectClient(slot, reason)
    }

    /// Ends a client that has sent Terminate, or a message that no client may send. Its scanner has stepped over it,
    /// and the server has not seen it.
    private mutating func leave(_ slot: Slot<Client>, with type: MessageType) {
        guard type == FrontendMessage.terminate else { return disconnectClient(slot, "unknown pkt") }
        disconnectClient(slot, "client close request", notifying: false, departure: .terminated)
    }

    /// Statistics and time-outs of a request that is on its way.
    private mutating func noteRequest(_ slot: Slot<Client>) {
        guard let beginning = clients[slot].noteRequest(at: now) else { return }
        if let database = clients[slot].database {
            stats(of: database) { stats in
                stats.queries += 1
                if beginning == .transaction { stats.transactions += 1 }
            }
        }
        armTimer(slot)
    }

    /// Adds to the statistics of a database.
    @inline(__always)
    mutating func stats(of database: DatabaseID, _ change: (inout PoolStats) -> Void) {
        let index = UInt32(database.index)
        if index >= stats.endIndex || stats[index].database != database { openStats(of: database) }
        change(&stats[index].counters)
    }

    private mutating func openStats(of database: DatabaseID) {
        let index = UInt32(database.index)
        while stats.endIndex <= index { _ = stats.insert((database, PoolStats())) }
        // The index of a removed database is given to another.
        if stats[index].database != database { stats[index] = (database, PoolStats()) }
    }
}
