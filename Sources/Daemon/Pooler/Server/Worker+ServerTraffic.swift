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
        let generation = servers.generation(of: slot)
        let bytes = unsafe piece.bytes.bytes
        let count = piece.count
        var position = 0
        /// Where the part begins that is for the linked client and not yet sent.
        var pending = 0
        while position < count {
            let forClient = servers[slot].phase == .linked
            if forClient, isAwaited(slot) {
                servers[slot].scanner.skip(in: bytes, at: &position, until: Self.decisiveWhileLinked)
                if position == count { break }
            } else if !forClient {
                pending = position
            }
            var message: (type: MessageType, start: Int, end: Int, isLast: Bool)
            switch servers[slot].scanner.step(in: bytes, at: &position, maximumLength: Int(UInt32.max)) {
            case .message(let type, let length, let start, let end):
                message = (type, start, end, end - start == length)
                if Self.mustUnderstand(type, servers[slot].phase) { servers[slot].captured = [] }
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
            guard noteForwarded(slot, message.type, body) else { return }
            // Something unasked ended behind the last answer, and was all that kept the two together.
            if let client = servers[slot].client, clients[client].requests.isSettled, clients[client].mode != .session {
                send(piece, pending..<position, fromServer: slot)
                pending = position
                guard conclude(client, slot), servers.isLive(slot, generation) else { return }
            }
        }
        servers[slot].hasUnread = false
        if servers[slot].phase == .linked { send(piece, pending..<position, fromServer: slot) }
    }

    /// The linked client waits for an answer.
    @inline(__always)
    private mutating func isAwaited(_ slot: Slot<Server>) -> Bool {
        servers[slot].client.map { !clients[$0].requests.isSettled } ?? false
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
            if servers[slot].phase == .linked {
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
    private static func mustUnderstand(_ type: MessageType, _ phase: ServerPhase) -> Bool {
        switch type {
        case BackendMessage.parameterStatus, BackendMessage.errorResponse: true
        // Its one byte is read in place while linked: this message comes with every transaction.
        case BackendMessage.readyForQuery: phase != .linked
        case BackendMessage.dataRow, BackendMessage.copyData, BackendMessage.rowDescription,
            BackendMessage.commandComplete:
            false
        default: phase == .loggingIn
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
            clients[client].requests.serverSent(type)
            if let error = try? ErrorFields(body: body), ["FATAL", "PANIC"].contains(error.severity) {
                clients[client].knowsFatalError = true
            }
        case BackendMessage.copyInResponse, BackendMessage.copyBothResponse:
            clients[client].requests.serverSent(type)
        default: break
        }
        return true
    }

    private mutating func note(_ parameter: ParameterStatus, _ slot: Slot<Server>) {
        if let index = live.tracked.index(of: parameter.name) { servers[slot].parameters[index] = parameter.value }
    }

    /// A ReadyForQuery has been sent to the client: the one message that can part the two.
    ///
    /// - Returns: false when the server has been disconnected.
    private mutating func readyForQuery(_ slot: Slot<Server>, _ statusByte: UInt8) -> Bool {
        guard let client = servers[slot].client else { return true }
        guard let status = TransactionStatus(rawValue: statusByte),
            clients[client].requests.serverSentReadyForQuery()
        else {
            disconnectServer(slot, "unexpected ReadyForQuery")
            return false
        }
        servers[slot].status = status
        clients[client].requestTime = now
        return conclude(client, slot)
    }

    /// Parts client and server if everything asked has been answered and no message is half way.
    ///
    /// - Returns: false when the server has been disconnected.
    mutating func conclude(_ client: Slot<Client>, _ slot: Slot<Server>) -> Bool {
        guard clients[client].requests.isSettled, clients[client].scanner.isAtBoundary,
            servers[slot].scanner.isAtBoundary
        else { return true }
        let isTransactionOver = if case .idle = servers[slot].status { true } else { false }
        finishStatistics(client, isTransactionOver: isTransactionOver)
        if !isTransactionOver {
            guard clients[client].mode != .statement else {
                disconnectServer(
                    slot, "transaction blocks not allowed in statement pooling mode", code: .protocolViolation)
                return false
            }
            armTimer(client)
            return true
        }
        // In session mode the two stay together, and doubt is of no weight until the client leaves: see letGo.
        guard !clients[client].requests.isDoubtful || clients[client].mode == .session else {
            part(client, slot)
            armTimer(client)
            disconnectServer(slot, "answers in doubt after COPY")
            return false
        }
        if closeIfMarked(slot) { return false }
        settle(client, slot)
        return true
    }

    private mutating func finishStatistics(_ client: Slot<Client>, isTransactionOver: Bool) {
        guard let database = clients[client].database else { return }
        let times = clients[client].finishRequest(isTransactionOver: isTransactionOver, at: now)
        stats(of: database) { stats in
            stats.queryTime += times.query
            stats.transactionTime += times.transaction
        }
    }

    // MARK: - Answers to the pooler itself

    /// A message of a server that is not passing answers on.
    private mutating func handleOwn(_ slot: Slot<Server>, _ type: MessageType, _ body: [UInt8]) {
        switch servers[slot].phase {
        case .connecting, .linked: break
        case .loggingIn: handleLogin(slot, type, body)
        case .connectQuery, .settingParameters, .resetting, .checking: handleOwnQuery(slot, type, body)
        case .idle: handleUnasked(slot, type, body)
        }
    }

    private mutating func handleOwnQuery(_ slot: Slot<Server>, _ type: MessageType, _ body: [UInt8]) {
        switch type {
        case BackendMessage.parameterStatus:
            if let parameter = try? ParameterStatus(body: body) { note(parameter, slot) }
        case BackendMessage.errorResponse: ownQueryFailed(slot, body)
        case BackendMessage.readyForQuery: ownQueryDone(slot, body)
        default: break
        }
    }

    private mutating func ownQueryFailed(_ slot: Slot<Server>, _ body: [UInt8]) {
        let error = (try? ErrorFields(body: body)).map { "\($0.severity) \($0.message)" } ?? "unreadable error"
        let (what, reason) =
            switch servers[slot].phase {
            case .connectQuery: ("exec_on_connect query failed", "exec_on_connect query failed")
            case .settingParameters: ("varcache_apply failed", "invalid server parameter")
            case .resetting: ("reset query failed", "reset query failed")
            default: ("test query failed", "test query failed")
            }
        shared.log.write(.error, "\(prefix(ofServer: slot))\(what): \(error)")
        disconnectServer(slot, reason)
    }

    private mutating func ownQueryDone(_ slot: Slot<Server>, _ body: [UInt8]) {
        let id = servers[slot].id
        guard body == [TransactionStatus.idle.rawValue] else {
            return disconnectServer(slot, "query of the pooler left a transaction open")
        }
        servers[slot].status = .idle
        switch servers[slot].phase {
        case .connectQuery: loggedIn(slot)
        case .settingParameters: parametersSet(slot)
        case .resetting, .checking:
            servers[slot].phase = .idle
            servers[slot].requestTime = now
            decide(.serverReady(id))
        case .connecting, .loggingIn, .idle, .linked: break
        }
    }

    /// What PostgreSQL may send without being asked: settings that a reload changed, notices, its good-bye.
    private mutating func handleUnasked(_ slot: Slot<Server>, _ type: MessageType, _ body: [UInt8]) {
        switch type {
        case BackendMessage.parameterStatus:
            if let parameter = try? ParameterStatus(body: body) { note(parameter, slot) }
        case BackendMessage.noticeResponse: break
        case BackendMessage.errorResponse:
            let text = (try? ErrorFields(body: body)).map { "\($0.severity) \($0.message)" } ?? "server error"
            disconnectServer(slot, text)
        default:
            shared.log.write(
                .warning,
                "\(prefix(ofServer: slot))got packet '\(Unicode.Scalar(type.rawValue))' from server when not linked")
            disconnectServer(slot, "idle server got dirty")
        }
    }

    mutating func serverEnded(_ slot: Slot<Server>, error: Int32) {
        let reason: String
        switch servers[slot].phase {
        case .connecting: reason = "connect failed"
        case .loggingIn, .connectQuery: reason = "server conn crashed?"
        case .idle: reason = "server connection closed"
        case .linked, .settingParameters, .resetting, .checking: reason = "server conn crashed?"
        }
        if error != 0 {
            shared.log.write(.debug, "\(prefix(ofServer: slot))\(reason): \(SystemError.text(error))")
        }
        disconnectServer(slot, reason, isBroken: true)
    }
}
