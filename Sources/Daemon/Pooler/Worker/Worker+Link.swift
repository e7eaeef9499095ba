import IOEngine
import MonotonicTime
import PGWire
import PoolCore
import PoolerConfig
import PoolerStats
import RelayCore

/// Joining clients and servers, and parting them.
extension Worker where Engine: ~Copyable {
    /// The client has a request and no server: asks the pools for one. On return it is linked, waiting, or gone.
    mutating func requestServer(_ slot: Slot<Client>) {
        guard let pool = clients[slot].poolID else { return }
        let client = clients[slot].id
        clients[slot].phase = .waiting
        clients[slot].waitStart = now
        clients[slot].requestTime = now
        decide(.clientWaits(client, pool, worker: id, for: .server, since: now))
        guard clientSlot(of: client) != nil, clients[slot].phase == .waiting else { return }
        // Nothing more is read from it, but if it leaves its place in the queue must be given up.
        engine.pause(clients[slot].socket, watchingForClose: true)
    }

    /// Carries out a link whose server is at home here.
    mutating func beginLink(_ client: ClientID, at worker: WorkerID, _ server: ServerID) {
        guard let slot = serverSlots[server] else {
            // It broke after the decision; the pools have been told, the client waits on.
            if worker == id {
                waitAgain(client)
            } else {
                shared.mailboxes[Int(worker.rawValue)].post(.linkFailed(client, server))
            }
            return
        }
        if worker == id {
            join(client, slot)
        } else {
            handOver(slot, to: worker, for: client)
        }
    }

    /// Sends a server to the worker whose client it is linked to.
    @inline(never)
    private mutating func handOver(_ slot: Slot<Server>, to worker: WorkerID, for client: ClientID) {
        guard servers[slot].scanner.isAtBoundary, !servers[slot].hasUnread,
            let socket = engine.detach(servers[slot].socket) else {
            let id = servers[slot].id
            disconnectServer(slot, "idle server got dirty")
            shared.mailboxes[Int(worker.rawValue)].post(.linkFailed(client, id))
            return
        }
        let server = servers.remove(slot)
        serverSlots[server.id] = nil
        shared.mailboxes[Int(worker.rawValue)].post(.take(server, socket, for: client))
    }

    /// Receives a server from another worker.
    mutating func take(_ server: Server, _ socket: DetachedSocket, for client: ClientID) {
        var server = server
        server.client = nil
        let slot = servers.insert(server)
        let token = SocketToken(.server(slot), generation: servers.generation(of: slot))
        servers[slot].socket = engine.attach(socket, token: token)
        serverSlots[server.id] = slot
        if let reason = closesToCome.removeValue(forKey: server.id) {
            disconnectServer(slot, reason.message, code: .adminShutdown)
            waitAgain(client)
        } else {
            join(client, slot)
        }
    }

    /// The server a client was promised broke before it came: back to the head of the queue.
    mutating func waitAgain(_ client: ClientID) {
        guard let slot = clientSlot(of: client), clients[slot].phase == .waiting, let pool = clients[slot].poolID else {
            return
        }
        let since = clients[slot].waitStart ?? now
        decide(.clientWaits(client, pool, worker: id, for: .server, since: since, atFront: true))
    }

    private mutating func join(_ client: ClientID, _ server: Slot<Server>) {
        guard let slot = clientSlot(of: client), clients[slot].phase == .waiting,
            let database = clients[slot].database
        else {
            // The client left while its server was on the way.
            return decide(.serverReleased(servers[server].id))
        }
        guard servers[server].phase == .idle, servers[server].scanner.isAtBoundary, !servers[server].hasUnread else {
            disconnectServer(server, "idle server got dirty")
            return waitAgain(client)
        }
        let waited = clients[slot].link(to: server, at: now)
        servers[server].link(to: slot, at: now)
        stats(of: database) { stats in
            stats.serverAssignments += 1
            stats.waitTime += waited
        }
        prepare(slot, server)
        if servers[server].phase == .linked, !clients[slot].isBacklogged { engine.resume(clients[slot].socket) }
        armTimer(slot)
        pursueHeld(slot)
    }

    /// Gives the server the client's parameters, if it has others.
    private mutating func prepare(_ slot: Slot<Client>, _ server: Slot<Server>) {
        if servers[server].parameters.sharesValues(with: clients[slot].parameters) { return }
        prepareAnew(slot, server)
    }

    @inline(never)
    private mutating func prepareAnew(_ slot: Slot<Client>, _ server: Slot<Server>) {
        guard servers[server].parameters != clients[slot].parameters else {
            servers[server].parameters = clients[slot].parameters
            return
        }
        guard let sql = servers[server].parameters.commands(toReach: clients[slot].parameters, names: live.tracked)
        else { return }
        shared.log.write(.noise, "\(prefix(ofServer: server))varcache_apply: \(sql)")
        servers[server].phase = .settingParameters
        engine.pause(clients[slot].socket, watchingForClose: true)
        query(server, sql)
    }

    /// Sends a query of the pooler's own.
    mutating func query(_ server: Slot<Server>, _ sql: String) {
        writer.removeAll()
        writer.query(sql)
        sendWritten(toServer: server)
    }

    /// The server has taken over the client's parameters: both now have the server's spelling, and the request that
    /// waited for it goes out.
    mutating func parametersSet(_ server: Slot<Server>) {
        guard let slot = servers[server].client else { return }
        servers[server].phase = .linked
        for (index, name) in live.tracked.names.enumerated() {
            guard let old = clients[slot].parameters[index], let new = servers[server].parameters[index], old != new
            else { continue }
            shared.log.write(
                .debug,
                "\(prefix(ofClient: slot))varcache_set_canonical: setting \(name) to its canonical version "
                    + "\(String(decoding: old, as: UTF8.self)) -> \(String(decoding: new, as: UTF8.self))")
        }
        clients[slot].parameters.adopt(servers[server].parameters)
        clients[slot].parameters = parameterSets.shared(clients[slot].parameters)
        engine.resume(clients[slot].socket)
        pursueHeld(slot)
    }

    // MARK: - Parting

    /// `server_fast_close`: a server that is marked for closing does not wait for its session to end.
    ///
    /// - Returns: whether it has been closed.
    mutating func closeIfMarked(_ server: Slot<Server>) -> Bool {
        guard traffic.closesServersFast, let client = servers[server].client, clients[client].mode == .session,
            servers[server].phase == .linked, servers[server].status == .idle, clients[client].requests.isSettled
        else { return false }
        let id = servers[server].id
        guard shared.read({ $0.group.needsClose(id) }) else { return false }
        disconnectServer(server, "database configuration changed")
        return true
    }

    /// Everything asked of the server has been answered and no transaction is open.
    mutating func settle(_ slot: Slot<Client>, _ server: Slot<Server>) {
        let mode = clients[slot].mode
        if case .session = mode { return }
        part(slot, server)
        armTimer(slot)
        release(server, after: mode)
    }

    /// Takes client and server apart; what becomes of each is the caller's business.
    mutating func part(_ slot: Slot<Client>, _ server: Slot<Server>) {
        clients[slot].server = nil
        servers[server].client = nil
        if clients[slot].isHeldBack {
            clients[slot].isHeldBack = false
            engine.resume(clients[slot].socket)
        }
        if servers[server].isHeldBack {
            servers[server].isHeldBack = false
            engine.resume(servers[server].socket)
            leaveBehind(slot)
        }
    }

    /// The client has not taken its last answer: no next request is read before that, or its answers would pile up.
    mutating func leaveBehind(_ slot: Slot<Client>) {
        clients[slot].isBacklogged = true
        engine.pause(clients[slot].socket, watchingForClose: true)
    }

    /// The client has not taken what its server sent: the server is not read until it has.
    mutating func holdBack(server: Slot<Server>) {
        servers[server].isHeldBack = true
        engine.pause(servers[server].socket, watchingForClose: false)
    }

    /// The server has not taken what its client sent: the client is not read until it has.
    mutating func holdBack(client: Slot<Client>) {
        clients[client].isHeldBack = true
        engine.pause(clients[client].socket, watchingForClose: false)
    }

    /// Gives a clean server back to its pool, after the reset query where one is due.
    private mutating func release(_ server: Slot<Server>, after mode: PoolMode) {
        let id = servers[server].id
        servers[server].phase = .idle
        servers[server].requestTime = now
        let isSession = if case .session = mode { true } else { false }
        let needsReset = traffic.resetsAlways || isSession && traffic.resetsSessions
        decide(needsReset ? .serverNeedsReset(id) : .serverReleased(id))
    }

    /// Runs `server_reset_query` on a server that a client has left.
    mutating func reset(_ id: ServerID) {
        guard let slot = serverSlots[id] else { return }
        servers[slot].phase = .resetting
        query(slot, live.settings.serverResetQuery)
    }

    /// The linked client is leaving: the server goes back if nothing is left to happen on it, else it is closed, for
    /// a server in the middle of something must not reach another client.
    mutating func letGo(_ server: Slot<Server>, of slot: Slot<Client>) {
        let isClean =
            servers[server].phase == .linked && servers[server].status == .idle
            && servers[server].scanner.isAtBoundary && clients[slot].requests.isSettled
            && !clients[slot].requests.isDoubtful && clients[slot].scanner.isAtBoundary
        let mode = clients[slot].mode
        let isBusy = !clients[slot].requests.isSettled
        part(slot, server)
        if isClean {
            release(server, after: mode)
        } else {
            disconnectServer(server, "client disconnect while server was not ready", isBusy: isBusy)
        }
    }

    /// Runs `server_check_query` on a server that has been idle for long.
    mutating func check(_ id: ServerID) {
        guard let slot = serverSlots[id] else { return }
        servers[slot].phase = .checking
        switch live.settings.serverCheckQuery {
        case .never:
            servers[slot].phase = .idle
            decide(.serverReady(id))
        case .empty: query(slot, "")
        case .query(let sql): query(slot, sql)
        }
    }
}
