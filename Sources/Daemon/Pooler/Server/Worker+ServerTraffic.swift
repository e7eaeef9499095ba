import IOEngine
import MonotonicTime
import PGWire
import PoolCore
import PoolerConfig
import PoolerStats
import RelayCore

/// Answers of PostgreSQL.
extension Worker where Engine: ~Copyable {
    /// Bodies that must be understood are small; more than this is not kept.
    private static var captureLimit: Int { 1 << 20 }

    mutating func receive(fromServer slot: Slot<Server>, _ piece: ReceivedPiece) {
        guard servers[slot].withheld.isEmpty else { return receiveWithheld(slot, piece) }
        let generation = servers.generation(of: slot)
        let bytes = unsafe piece.bytes.bytes
        let count = piece.count
        var position = 0
        /// Where the part begins that is for the linked client and not yet sent.
        var pending = 0
        /// Where the present message begins, if it begins in this piece.
        var start: Int?
        while position < count {
            let forClient = servers[slot].isLinked
            if forClient, let client = servers[slot].client, !clients[client].link.requests.isSettled,
                !clients[client].link.hasEdits
            {
                let answers = servers[slot].scanner.skip(
                    in: bytes, at: &position, until: Self.decisiveWhileLinked, orTag: Self.droppingInitial,
                    counting: LinkState.counted)
                clients[client].link.serverSentAnswers(answers)
                if position == count { break }
            } else if !forClient {
                pending = position
            }
            start = servers[slot].scanner.isAtBoundary ? position : start
            var message: (type: MessageType, start: Int, end: Int, isLast: Bool)
            switch servers[slot].scanner.step(in: bytes, at: &position, maximumLength: Int(UInt32.max)) {
            case .message(let type, let length, let start, let end):
                message = (type, start, end, end - start == length)
                if Self.mustUnderstand(type, length, servers[slot].use) { servers[slot].captured = [] }
            case .continuation(let type, let start, let end, let isLast): message = (type, start, end, isLast)
            case .end:
                position = count
                continue
            case .invalidLength: return disconnectServer(slot, "bad packet header")
            }
            if servers[slot].captured != nil {
                guard unsafe capture(slot, piece.bytes[message.start..<message.end]) else { return }
            }
            guard message.isLast else { continue }
            servers[slot].hasUnread = position < count
            if forClient, message.type == BackendMessage.readyForQuery {
                send(piece, pending..<position, fromServer: slot)
                pending = position
                let status = message.end > message.start ? unsafe piece.bytes[message.end - 1] : 0
                guard readyForQuery(slot, status) else { return }
                guard servers.isLive(slot, generation) else { return }
                continue
            }
            let body = takeCaptured(slot)
            guard forClient else {
                handleOwn(slot, message.type, body)
                guard servers.isLive(slot, generation) else { return }
                // The message may have been the one that links the server, but it is not for the client.
                pending = position
                continue
            }
            if let client = servers[slot].client {
                let segment = clients[client].link.counts.received.segment
                var isProvoked = false
                switch clients[client].answer(message.type, of: &servers[slot].statements) {
                case .forward: break
                case .swallow:
                    guard let start else { return disconnectServer(slot, Self.answersInDoubt) }
                    send(piece, pending..<start, fromServer: slot)
                    pending = position
                case .rename(let refusal):
                    guard let start else { break }
                    send(piece, pending..<start, fromServer: slot)
                    pass(body, refusal, toClient: client)
                    pending = position
                    isProvoked = true
                case .disconnect: return disconnectServer(slot, Self.answersInDoubt)
                }
                if message.type == BackendMessage.errorResponse, !isProvoked {
                    noteStatementError(body, slot, segment: segment)
                }
                guard noteForwarded(slot, message.type, body) else { return }
                if clients[client].link.hasEdits {
                    guard !clients[client].link.requests.isDoubtful else {
                        return disconnectServer(slot, Self.answersInDoubt)
                    }
                    send(piece, pending..<position, fromServer: slot)
                    pending = position
                    deliverInsertions(client, slot)
                }
            }
            // An unsolicited message ended after the last answer; only its missing part had kept the two together.
            if let client = servers[slot].client, clients[client].link.requests.isSettled,
                clients[client].link.scope != .session
            {
                send(piece, pending..<position, fromServer: slot)
                pending = position
                guard continueOrSeparate(client, slot), servers.isLive(slot, generation) else { return }
            }
        }
        servers[slot].hasUnread = false
        guard servers[slot].isLinked else { return }
        if let start, mustWithhold(slot, piece, from: start) {
            withhold(slot, piece, from: start)
            position = start
        }
        send(piece, pending..<position, fromServer: slot)
    }

    // MARK: - Answers that are looked at before they are passed on

    /// Whether the message that begins at `start` and has not arrived whole is kept until it has, because it may not be
    /// passed on as it is.
    @inline(__always)
    private func mustWithhold(_ slot: Slot<Server>, _ piece: ReceivedPiece, from start: Int) -> Bool {
        guard let client = servers[slot].client, clients[client].link.hasEdits, !servers[slot].scanner.isAtBoundary
        else { return false }
        let arrived = piece.count - start
        guard arrived >= 5 else { return true }
        // What the server is made to answer is short.
        guard arrived <= Self.withheldLength else { return false }
        switch unsafe MessageType(rawValue: piece.bytes[start]) {
        case BackendMessage.errorResponse, BackendMessage.parseComplete, BackendMessage.closeComplete: return true
        default: return false
        }
    }

    private static var withheldLength: Int { 64 * 1024 }

    private mutating func withhold(_ slot: Slot<Server>, _ piece: ReceivedPiece, from start: Int) {
        servers[slot].withheld = unsafe Array(piece.bytes[start...])
        servers[slot].scanner = MessageScanner()
        servers[slot].captured = nil
    }

    private mutating func receiveWithheld(_ slot: Slot<Server>, _ piece: ReceivedPiece) {
        var bytes = servers[slot].withheld
        servers[slot].withheld = []
        unsafe bytes.append(contentsOf: piece.bytes)
        unsafe bytes.withUnsafeBytes { receive(fromServer: slot, unsafe ReceivedPiece(bytes: $0)) }
    }

    /// What changes the pooler's own mind while it forwards an answer; everything else is none of its business.
    private static var decisiveWhileLinked: MessageSet {
        MessageSet().with(BackendMessage.readyForQuery).with(BackendMessage.errorResponse)
            .with(BackendMessage.parameterStatus).with(BackendMessage.copyInResponse)
            .with(BackendMessage.copyBothResponse)
    }

    private mutating func takeCaptured(_ slot: Slot<Server>) -> [UInt8] {
        guard let body = servers[slot].captured else { return [] }
        servers[slot].captured = nil
        return body
    }

    private mutating func capture(_ slot: Slot<Server>, _ part: Slice<UnsafeRawBufferPointer>) -> Bool {
        let known = servers[slot].captured?.count ?? 0
        guard unsafe known + part.count <= Self.captureLimit else {
            // An error may quote a query of any length: it is passed on without being understood.
            if servers[slot].isLinked {
                servers[slot].captured = nil
                return true
            }
            disconnectServer(slot, "bad packet")
            return false
        }
        unsafe servers[slot].captured?.append(contentsOf: part)
        return true
    }

    /// Which bodies are collected to be decoded.
    private static func mustUnderstand(_ type: MessageType, _ bodyLength: Int, _ use: ServerUse) -> Bool {
        switch type {
        case BackendMessage.commandComplete: mayDrop(bodyLength)
        case BackendMessage.parameterStatus, BackendMessage.errorResponse: true
        // Its one byte is read in place while linked: this message comes with every transaction.
        case BackendMessage.readyForQuery: if case .linked = use { false } else { true }
        case BackendMessage.dataRow, BackendMessage.copyData, BackendMessage.rowDescription: false
        default: use == .errand(.loggingIn)
        }
    }

    private mutating func send(_ piece: ReceivedPiece, _ range: Range<Int>, fromServer slot: Slot<Server>) {
        guard !range.isEmpty, let client = servers[slot].client else { return }
        if let database = clients[client].database { stats(of: database) { $0.bytesSent += UInt64(range.count) } }
        let socket = clients[client].socket
        if !engine.forward(piece, range, to: socket) { holdBack(server: slot) }
    }

    /// Keeps account of a message that goes to the linked client.
    ///
    /// - Returns: false when the server has been disconnected.
    private mutating func noteForwarded(_ slot: Slot<Server>, _ type: MessageType, _ body: [UInt8]) -> Bool {
        guard let client = servers[slot].client else { return true }
        switch type {
        case BackendMessage.parameterStatus:
            guard let parameter = try? ParameterStatus(body: body) else {
                disconnectServer(slot, "broken ParameterStatus packet")
                return false
            }
            note(parameter, slot)
            if let index = live.tracked.index(of: parameter.name) {
                clients[client].parameters[index] = parameter.value
            }
        case BackendMessage.errorResponse:
            clients[client].link.serverSent(type)
            if let error = try? ErrorFields(body: body), error.isFatal {
                clients[client].knowsFatalError = true
            }
        case BackendMessage.commandComplete: noteDropped(body, slot)
        case BackendMessage.copyInResponse, BackendMessage.copyBothResponse:
            clients[client].link.serverSent(type)
        default: break
        }
        return true
    }

    /// A ReadyForQuery has been sent to the client: the one message after which the two can separate.
    ///
    /// - Returns: false when the server has been disconnected.
    private mutating func readyForQuery(_ slot: Slot<Server>, _ statusByte: UInt8) -> Bool {
        guard let client = servers[slot].client else { return true }
        guard let status = TransactionStatus(rawValue: statusByte),
            !clients[client].link.hasEdits || clients[client].endSegment(&servers[slot].statements),
            clients[client].link.serverSentReadyForQuery()
        else {
            disconnectServer(slot, "unexpected ReadyForQuery")
            return false
        }
        servers[slot].status = status
        clients[client].requestTime = now
        if clients[client].link.hasEdits { deliverInsertions(client, slot) }
        let remains = continueOrSeparate(client, slot)
        if clients.isLive(client), clients[client].readHolds.contains(.awaitingAnswer) {
            release(client, from: .awaitingAnswer)
            pursueHeld(client)
        }
        return remains
    }

    mutating func serverEnded(_ slot: Slot<Server>, error: Int32) {
        let reason: String
        switch servers[slot].use {
        case .errand(.connecting): reason = "connect failed"
        case .idle: reason = "server connection closed"
        case .closing: reason = "client close request"
        case .linked, .draining, .errand: reason = "server conn crashed?"
        }
        if error != 0 {
            shared.log.write(.debug, "\(prefix(ofServer: slot))\(reason): \(SystemError.text(error))")
        }
        disconnectServer(slot, reason, isBroken: true)
    }
}
