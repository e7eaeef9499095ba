import IOEngine
import PGWire
import PoolCore
import PoolerConfig
import PoolerStats
import RelayCore

/// What other threads ask of this worker.
extension Worker where Engine: ~Copyable {
    mutating func open(_ letter: Mail) {
        switch letter {
        case .adopt(let socket): adopt(socket)
        case .perform(let action): perform(action)
        case .take(let server, let socket, let client): take(server, socket, for: client)
        case .linkFailed(let client, let server):
            closesToCome[server] = nil
            requeue(client)
        case .cancel(let cancel, let client, let requester): cancelQuery(of: client, cancel, requester: requester)
        case .cancelDone(let cancel, let reason): finishCanceling(cancel, reason)
        case .resolved(let server, let host, let answer): resolved(server, host: host, answer)
        case .hashedForClient(let client, let secret): hashed(client, secret)
        case .hashedForServer(let server, let keys): hashed(server, keys)
        case .configurationChanged: adoptConfiguration()
        case .serversMarked: closeMarked()
        case .gather(let gathering): contribute(to: gathering)
        case .consoleReply(let client, let reply): consoleReply(client, reply)
        case .consoleAnswer(let client, let bytes): consoleAnswer(client, bytes)
        case .disconnect(let selection, let reason): disconnect(selection, reason)
        case .stopListening(let keepingUnix): stopListening(keepingUnix: keepingUnix)
        case .stop: stop()
        }
    }

    private mutating func adoptConfiguration() {
        live = shared.live
        for slot in clients.allSlots where clients.isLive(slot) {
            guard let pool = clients[slot].pool else { continue }
            clients[slot].timeouts = live.timeouts(user: clients[slot].details.user)
            // A session that is under way ends as it began.
            if clients[slot].server == nil {
                clients[slot].link.scope =
                    live.poolMode(database: pool.database.poolMode, user: pool.user.name).scope
            }
            armTimer(slot)
        }
        closeMarked()
    }

    private mutating func closeMarked() {
        guard traffic.closesServersFast else { return }
        for slot in servers.allSlots where servers.isLive(slot) { _ = closeIfMarked(slot) }
    }

    private mutating func disconnect(_ selection: ClientSelection, _ reason: String) {
        switch selection {
        case .one(let id):
            if let slot = clientSlot(numbered: id.rawValue) { disconnectClient(slot, reason) }
        case .database(let database):
            disconnectAll(reason) { $0.pool?.database.id == database }
        case .all:
            disconnectAll(reason) { $0.phase != .console && $0.phase != .consoleWaiting }
        }
    }

    private mutating func disconnectAll(_ reason: String, where isMeant: (borrowing Client) -> Bool) {
        for slot in clients.allSlots where clients.isLive(slot) {
            guard isMeant(clients[slot]) else { continue }
            // A client that has not said what it speaks may expect the single byte that answers SSLRequest.
            disconnectClient(slot, reason, notifying: clients[slot].phase != .startup)
        }
    }

    private mutating func stop() {
        for slot in clients.allSlots where clients.isLive(slot) {
            // Without an error, as PgBouncer does: the shutdown that waits for clients is another one.
            disconnectClient(slot, "server shutting down", notifying: false)
        }
        for slot in servers.allSlots where servers.isLive(slot) {
            disconnectServer(slot, "server shutting down")
        }
        isStopped = true
    }
}
