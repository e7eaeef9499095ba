import IOEngine
import MonotonicTime
import PGWire
import PoolCore
import PoolerStats
import RelayCore

/// Separating clients from servers, as ``LinkState`` decides.
extension Worker where Engine: ~Copyable {
    /// Has the link's state decide what happens after an answer, and does it.
    ///
    /// The client may be gone on return.
    ///
    /// - Returns: false when the server has been disconnected.
    mutating func continueOrSeparate(_ client: Slot<Client>, _ server: Slot<Server>) -> Bool {
        let isSettled = clients[client].link.requests.isSettled
        let isDoubtful = clients[client].link.requests.isDoubtful
        let next = LinkState.continuation(
            clients[client].link.scope, isSettled: isSettled, isDoubtful: isDoubtful, status: servers[server].status,
            isAtBoundary: clients[client].scanner.isAtBoundary && servers[server].scanner.isAtBoundary)
        switch next {
        case .awaitAnswers: return true
        case .awaitTransactionEnd:
            finishStatistics(client, isTransactionOver: false)
            armTimer(client)
            return endHalfClosed(client)
        case .refuseTransaction:
            finishStatistics(client, isTransactionOver: false)
            disconnectServer(server, Self.transactionRefused, code: .protocolViolation)
            return false
        case .awaitSessionEnd:
            finishStatistics(client, isTransactionOver: true)
            if traffic.closesServersFast, closeIfMarked(server) { return false }
            return endHalfClosed(client)
        case .closeServer:
            finishStatistics(client, isTransactionOver: true)
            detach(client, server)
            armTimer(client)
            disconnectServer(server, "answers in doubt after COPY")
            _ = endHalfClosed(client)
            return false
        case .separate:
            finishStatistics(client, isTransactionOver: true)
            if traffic.closesServersFast, closeIfMarked(server) { return false }
            separate(client, server)
            return endHalfClosed(client)
        }
    }

    static var transactionRefused: String { "transaction blocks not allowed in statement pooling mode" }

    private mutating func finishStatistics(_ client: Slot<Client>, isTransactionOver: Bool) {
        guard let database = clients[client].database else { return }
        let times = clients[client].finishRequest(isTransactionOver: isTransactionOver, at: now)
        stats(of: database) { stats in
            stats.queryTime += times.query
            stats.transactionTime += times.transaction
        }
    }

    /// A client that has closed its sending side leaves once it has been answered.
    ///
    /// - Returns: true, for callers that go on with a server that is still there.
    @inline(__always)
    private mutating func endHalfClosed(_ client: Slot<Client>) -> Bool {
        guard clients.isLive(client), clients[client].hasEnded else { return true }
        guard clients[client].held == nil, clients[client].link.requests.isSettled else { return true }
        let server = clients[client].server
        disconnectClient(client, "client unexpected eof", notifying: false)
        return server.map { servers.isLive($0) } ?? true
    }

    /// `server_fast_close`: a server that is marked for closing does not wait for its session to end.
    ///
    /// - Returns: whether it has been closed.
    mutating func closeIfMarked(_ server: Slot<Server>) -> Bool {
        guard traffic.closesServersFast, servers[server].isLinked, let client = servers[server].client,
            clients[client].link.scope == .session, servers[server].status == .idle,
            clients[client].link.requests.isSettled
        else { return false }
        let id = servers[server].id
        guard shared.read({ $0.group.needsClose(id) }) else { return false }
        disconnectServer(server, "database configuration changed")
        return true
    }

    /// Takes a client from its server, which is clean and goes back to its pool.
    mutating func separate(_ slot: Slot<Client>, _ server: Slot<Server>) {
        let scope = clients[slot].link.scope
        detach(slot, server)
        armTimer(slot)
        giveBack(server, after: scope)
    }

    /// Takes client and server apart; the caller decides what becomes of each.
    mutating func detach(_ slot: Slot<Client>, _ server: Slot<Server>) {
        clients[slot].server = nil
        if clients[slot].link.hasEdits { clients[slot].abandonEdits(&servers[server].statements) }
        servers[server].use = .idle
        release(slot, from: .serverCongested)
        if servers[server].isHeldBack {
            servers[server].isHeldBack = false
            engine.resume(servers[server].socket)
            hold(slot, for: .answersUntaken)
        }
    }

    /// Stops reading a server until the client has taken what the server has sent.
    mutating func holdBack(server: Slot<Server>) {
        servers[server].isHeldBack = true
        engine.pause(servers[server].socket, watchingForClose: false)
    }

    /// Gives a clean server back to its pool, after the reset query where one is due.
    private mutating func giveBack(_ server: Slot<Server>, after scope: LinkScope) {
        let id = servers[server].id
        servers[server].use = .idle
        servers[server].requestTime = now
        decide(traffic.resetPolicy.applies(after: scope) ? .serverNeedsReset(id) : .serverReleased(id))
    }

    // MARK: - The client leaves

    /// Does with the server of a leaving client what the link's state decides.
    mutating func letGo(_ server: Slot<Server>, of slot: Slot<Client>, _ departure: LinkState.Departure) {
        if servers[server].isSettingParameters {
            // Nothing of the client has reached the server, which goes back when it has answered.
            detach(slot, server)
            servers[server].use = .errand(.settingParameters(for: nil))
            return
        }
        let link = clients[slot].takeLink()
        let fate = link.fate(
            after: departure, status: servers[server].status, clientIsAtBoundary: clients[slot].scanner.isAtBoundary,
            serverIsAtBoundary: servers[server].scanner.isAtBoundary)
        let limit = clients[slot].timeouts.query
        let start = clients[slot].queryStart ?? now
        detach(slot, server)
        switch fate {
        case .release: giveBack(server, after: link.scope)
        case .drain:
            servers[server].use = .draining
            servers[server].draining = link
            if limit > 0 { armTimer(server, start.advanced(byNanoseconds: limit)) }
        case .awaitClose:
            servers[server].use = .closing
            writer.removeAll()
            writer.terminate()
            sendWritten(toServer: server)
            if limit > 0 { armTimer(server, start.advanced(byNanoseconds: limit)) }
        case .close(let sendsTerminate, let cancelsQuery):
            disconnectServer(
                server, "client disconnect while server was not ready", sendsTerminate: sendsTerminate,
                cancelsQuery: cancelsQuery)
        }
    }

    /// A message of a server that finishes the requests of a client that has left.
    mutating func handleDraining(_ slot: Slot<Server>, _ type: MessageType, _ body: [UInt8]) {
        guard var link = servers[slot].draining else { return }
        if type == BackendMessage.readyForQuery {
            guard let status = body.first.flatMap({ TransactionStatus(rawValue: $0) }),
                servers[slot].endSegment(of: &link), link.serverSentReadyForQuery()
            else { return disconnectServer(slot, "unexpected ReadyForQuery") }
            servers[slot].status = status
        } else {
            servers[slot].noteAnswer(type, of: &link)
            link.serverSent(type)
        }
        servers[slot].draining = link
        // A COPY that wants data gets none any more.
        guard link.requests.willSettle else {
            return disconnectServer(slot, "client disconnect while server was not ready")
        }
        guard type == BackendMessage.readyForQuery else { return }
        let next = link.continuation(
            status: servers[slot].status, clientIsAtBoundary: true,
            serverIsAtBoundary: servers[slot].scanner.isAtBoundary)
        switch next {
        case .awaitAnswers: break
        case .separate, .awaitSessionEnd:
            servers[slot].draining = nil
            giveBack(slot, after: link.scope)
        case .awaitTransactionEnd, .closeServer, .refuseTransaction:
            disconnectServer(slot, "client disconnect while server was not ready")
        }
    }
}
