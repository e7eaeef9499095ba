import IOEngine
import MonotonicTime
import PGWire
import PoolCore
import PoolerConfig
import RelayCore
import Synchronization

/// The end of connections.
extension Worker where Engine: ~Copyable {
    /// Ends a client connection.
    ///
    /// - Parameters:
    ///   - notifying: tell the client why; false where the peer is gone or asked for it.
    ///   - departure: how the client leaves, which decides what becomes of its server.
    @inline(never)
    mutating func disconnectClient(
        _ slot: Slot<Client>, _ reason: String, code: SQLState = .protocolViolation, notifying: Bool = true,
        departure: LinkState.Departure = .disconnected
    ) {
        logClosing(slot, reason, notifying: notifying)
        if notifying, !clients[slot].knowsFatalError, isAtMessageEnd(slot) {
            writer.removeAll()
            writer.errorResponse(.fatal, code, reason)
            sendWritten(toClient: slot)
        }
        let id = clients[slot].id
        engine.close(clients[slot].socket, flushing: true)
        shared.loads[Int(self.id.rawValue)].clients.subtract(1, ordering: .relaxed)
        let server = clients[slot].server
        let wasWaiting = clients[slot].phase == .waiting || clients[slot].phase == .awaitingWelcome
        if let server { letGo(server, of: slot, departure) }

        let client = clients.remove(slot)
        if let key = client.details.cancelKey { shared.cancelKeys.revoke(key) }
        if client.phase.isConsole { consoleEnded(id) }
        guard client.details.admission != nil || wasWaiting else { return }
        let now = now
        withBook { book, actions in
            if wasWaiting { book.group.handle(.clientLeft(id), at: now, into: &actions) }
            if let pool = client.details.joinedPool {
                book.group.handle(.clientParted(id, pool), at: now, into: &actions)
            }
            if let admission = client.details.admission {
                book.group.dismiss(
                    database: admission.database, user: admission.user, at: now, into: &actions)
            }
        }
    }

    /// Whether the client has been sent whole messages only. Within a message, it would read an error as part of it.
    func isAtMessageEnd(_ slot: Slot<Client>) -> Bool {
        guard let server = clients[slot].server else { return true }
        return !servers[server].isLinked || servers[server].scanner.isAtBoundary
    }

    // Inlined, because a call that does not mutate the worker copies it.
    @inline(__always)
    private func logClosing(_ slot: Slot<Client>, _ reason: String, notifying: Bool) {
        let details = clients[slot].details
        let name = prefix(ofClient: slot)
        if live.settings.logDisconnections {
            let age = now.nanoseconds(since: details.connectTime) / 1_000_000_000
            shared.log.write(.log, "\(name)closing because: \(reason) (age=\(age)s)")
        }
        if notifying, live.settings.logPoolerErrors {
            shared.log.write(.warning, "\(name)pooler error: \(reason)")
        }
    }

    /// Ends a server connection, and with it the client that it is linked to. A client whose parameters it was taking
    /// over gets another server if the connection broke.
    ///
    /// - Parameters:
    ///   - isBroken: the connection is gone, nothing can be sent on it.
    ///   - sendsTerminate: send Terminate; by default, if the server has been sent whole messages only.
    ///   - cancelsQuery: a query runs on it, which is cancelled; by default, if the linked client awaits an answer.
    @inline(never)
    mutating func disconnectServer(
        _ slot: Slot<Server>, _ reason: String, code: SQLState = .connectionFailure, isBroken: Bool = false,
        sendsTerminate: Bool? = nil, cancelsQuery: Bool? = nil
    ) {
        if live.settings.logDisconnections {
            let age = now.nanoseconds(since: servers[slot].connectTime) / 1_000_000_000
            shared.log.write(.log, "\(prefix(ofServer: slot))closing because: \(reason) (age=\(age)s)")
        }
        let client = servers[slot].client
        let clientID = client.map { clients[$0].id }
        let (isLinked, isSettingParameters) = (servers[slot].isLinked, servers[slot].isSettingParameters)
        // Terminate would complete an incomplete message of the client.
        let isAtBoundary = !isLinked || client.map { clients[$0].scanner.isAtBoundary } ?? true
        if !isBroken, sendsTerminate ?? isAtBoundary, servers[slot].use != .errand(.connecting) {
            writer.removeAll()
            writer.terminate()
            sendWritten(toServer: slot)
        }
        engine.close(servers[slot].socket, flushing: false)
        let isMidMessage = isLinked && !servers[slot].scanner.isAtBoundary
        let isBusy = cancelsQuery ?? (isLinked && client.map { !clients[$0].link.requests.isSettled } ?? false)
        if let client {
            clients[client].server = nil
            clients[client].knowsFatalError = clients[client].knowsFatalError || isMidMessage
        }
        let server = servers.remove(slot)
        serverSlots[server.id] = nil
        if isBusy, !isBroken { abandonQuery(server) }
        if let client, !isSettingParameters || !isBroken { disconnectClient(client, reason, code: code) }
        if server.isOpening {
            connectFailed(server, reason)
        } else {
            decide(.serverLost(server.id))
        }
        if isSettingParameters, isBroken, let client = clientID.flatMap({ clientSlot(of: $0) }),
            !requeueAfterLoss(client)
        {
            disconnectClient(client, reason, code: code)
        }
    }

    // Inlined, because a call that does not mutate the worker copies it.
    @inline(__always)
    func prefix(ofClient slot: Slot<Client>) -> ConnectionName {
        clients[slot].details.name(number: clients[slot].id.rawValue, unixPort: live.settings.listenPort)
    }

    func prefix(ofServer slot: Slot<Server>) -> ConnectionName {
        let pool = servers[slot].pool
        return ConnectionName(
            side: .server, number: servers[slot].id.rawValue, database: pool.database.name, user: pool.user.name,
            address: servers[slot].address, unixPort: pool.database.entry.port)
    }
}

extension SocketAddress {
    /// The form of `application_name_add_host`.
    var consoleText: String {
        if case .unix(_, let pid) = self { "unix(\(pid))" } else { "\(host):\(port)" }
    }
}
