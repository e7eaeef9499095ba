import IOEngine
import MonotonicTime
import PGWire
import PoolCore
import PoolerConfig
import PoolerStats
import RelayCore

/// Linking clients to servers.
extension Worker where Engine: ~Copyable {
    /// Asks the pools for a server for a client that has a request. On return the client is linked, waiting, or gone.
    mutating func requestServer(_ slot: Slot<Client>) {
        guard let pool = clients[slot].poolID else { return }
        let client = clients[slot].id
        clients[slot].phase = .waiting
        clients[slot].waitStart = now
        clients[slot].requestTime = now
        decide(.clientWaits(client, pool, worker: id, for: .server, since: now))
        guard clientSlot(of: client) != nil, clients[slot].phase == .waiting else { return }
        hold(slot, for: .awaitingServer)
    }

    /// Carries out a link to a server of this worker.
    mutating func beginLink(_ client: ClientID, at worker: WorkerID, _ server: ServerID) {
        guard let slot = serverSlots[server] else {
            // The server broke after the decision; the pools have been told, the client waits on.
            if worker == id {
                requeue(client)
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

    /// Sends a server to the worker of the client that it is linked to.
    @inline(never)
    private mutating func handOver(_ slot: Slot<Server>, to worker: WorkerID, for client: ClientID) {
        guard servers[slot].scanner.isAtBoundary, !servers[slot].hasUnread,
            let socket = engine.detach(servers[slot].socket)
        else {
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
        let slot = servers.insert(server)
        let token = SocketToken(.server(slot), generation: servers.generation(of: slot))
        servers[slot].socket = engine.attach(socket, token: token)
        serverSlots[server.id] = slot
        if let reason = closesToCome.removeValue(forKey: server.id) {
            disconnectServer(slot, reason.message, code: .adminShutdown)
            requeue(client)
        } else {
            join(client, slot)
        }
    }

    /// Puts a client back at the head of the queue after its server broke before it was used.
    mutating func requeue(_ client: ClientID) {
        guard let slot = clientSlot(of: client), clients[slot].phase == .waiting, let pool = clients[slot].poolID else {
            return
        }
        if clients[slot].isCancelRequested { return answerCanceled(slot) }
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
        guard servers[server].use == .idle, servers[server].scanner.isAtBoundary, !servers[server].hasUnread else {
            disconnectServer(server, "idle server got dirty")
            return requeue(client)
        }
        guard !clients[slot].isCancelRequested else {
            decide(.serverReleased(servers[server].id))
            return answerCanceled(slot)
        }
        let waited = clients[slot].link(to: server, at: now)
        servers[server].link(to: slot, at: now)
        stats(of: database) { stats in
            stats.serverAssignments += 1
            stats.waitTime += waited
        }
        giveParameters(slot, server)
        release(slot, from: .awaitingServer)
        armTimer(slot)
        pursueHeld(slot)
    }

    /// Gives the server the client's parameters, if it has others.
    private mutating func giveParameters(_ slot: Slot<Client>, _ server: Slot<Server>) {
        if servers[server].parameters.sharesValues(with: clients[slot].parameters) { return }
        giveDifferentParameters(slot, server)
    }

    @inline(never)
    private mutating func giveDifferentParameters(_ slot: Slot<Client>, _ server: Slot<Server>) {
        guard servers[server].parameters != clients[slot].parameters else {
            servers[server].parameters = clients[slot].parameters
            return
        }
        guard let sql = servers[server].parameters.commands(toReach: clients[slot].parameters, names: live.tracked)
        else { return }
        shared.log.write(
            .noise, "\(prefix(ofServer: server))varcache_apply: \(String(decoding: sql, as: UTF8.self))")
        servers[server].use = .errand(.settingParameters(for: slot))
        hold(slot, for: .settingParameters)
        query(server, sql)
    }

    /// The server has taken over the client's parameters: both now have the server's spelling, and the request that
    /// waited for it goes out.
    mutating func parametersSet(_ server: Slot<Server>) {
        guard let slot = servers[server].client else {
            servers[server].use = .idle
            return decide(.serverReleased(servers[server].id))
        }
        servers[server].use = .linked(slot)
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
        release(slot, from: .settingParameters)
        if clients[slot].isCancelRequested {
            separate(slot, server)
            return answerCanceled(slot)
        }
        pursueHeld(slot)
    }

    /// The server has been lost while it took over the client's parameters: nothing of the client has reached it, so
    /// the client gets another server.
    ///
    /// - Returns: false when this has happened to the client too often.
    mutating func requeueAfterLoss(_ slot: Slot<Client>) -> Bool {
        guard clients[slot].lostServers < Self.mostLostServers else { return false }
        clients[slot].lostServers += 1
        clients[slot].server = nil
        clients[slot].phase = .waiting
        clients[slot].waitStart = clients[slot].waitStart ?? now
        clients[slot].readHolds.subtract(.settingParameters)
        hold(slot, for: .awaitingServer)
        requeue(clients[slot].id)
        return true
    }

    /// Servers that are lost in a row while they take over one client's parameters. The limit keeps such a client from
    /// having servers opened without end.
    private static var mostLostServers: UInt8 { 3 }
}
