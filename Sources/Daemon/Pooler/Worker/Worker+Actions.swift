import IOEngine
import PGWire
import PoolCore

/// Carries out what the pools have decided.
extension Worker where Engine: ~Copyable {
    @inline(never)
    mutating func perform(_ action: PoolGroup.Action) {
        switch action {
        case .connect(let server, let pool, _, let fromReserve): connect(server, pool, fromReserve: fromReserve)
        case .link(let client, let worker, let server, _): beginLink(client, at: worker, server)
        case .welcome(let client, _):
            guard let slot = clientSlot(of: client), clients[slot].phase == .awaitingWelcome else { return }
            welcome(slot)
        case .reject(let client, _, let reason): reject(client, reason)
        case .notifyQueued(let client, _): notifyQueued(client)
        case .check(let server, _): check(server)
        case .reset(let server, _): reset(server)
        case .close(let server, _, let reason): close(server, reason)
        case .openCancel(let cancel, _, _): openCancel(cancel)
        case .sendCancel(let cancel, _, _): sendCancel(cancel)
        case .rejectCancel(let cancel, _, let reason): rejectCancel(cancel, reason)
        case .pauseDone, .pauseEnded, .waitCloseDone, .shutdownDone, .poolRemoved, .databaseRemoved, .userRemoved: break
        }
    }

    private mutating func close(_ id: ServerID, _ reason: PoolGroup.CloseReason) {
        guard let slot = serverSlots[id] else {
            // Either it is gone, which the pools have been told, or it is still on its way here.
            let isExpected = shared.read { book in book.group.state(of: id) != nil }
            if isExpected { closesToCome[id] = reason }
            return
        }
        // PgBouncer's words: a connection that is not made in time has failed, a log-in has timed out.
        let isUnconnected = reason == .connectTimeout && servers[slot].use == .errand(.connecting)
        disconnectServer(slot, isUnconnected ? "connect failed" : reason.message, code: .adminShutdown)
    }

    private mutating func reject(_ id: ClientID, _ reason: PoolGroup.RejectReason) {
        guard let slot = clientSlot(of: id) else { return }
        let failure = clients[slot].pool?.failure
        switch reason {
        case .loginFailed:
            // PostgreSQL's own error, as it would have reached the client without a pooler.
            if let error = failure?.error {
                disconnectClient(slot, error.message, code: error.code)
            } else {
                disconnectClient(slot, failure?.message ?? reason.message)
            }
        case .loginHasBeenFailing:
            let cause = failure?.message ?? "connect failed"
            disconnectClient(
                slot, "server login has been failing, cached error: \(cause) (server_login_retry)",
                code: failure?.error?.code ?? .connectionFailure)
        case .waitTimeout, .queryTimeout, .shuttingDown, .databaseRemoved:
            disconnectClient(slot, reason.message)
        }
    }

    private mutating func notifyQueued(_ id: ClientID) {
        guard let slot = clientSlot(of: id), clients[slot].phase == .waiting else { return }
        writer.removeAll()
        writer.noticeResponse("No server connection available in postgres backend, client being queued")
        sendWritten(toClient: slot)
    }

    /// Sends what is in ``writer``.
    mutating func sendWritten(toClient slot: Slot<Client>) {
        let socket = clients[slot].socket
        _ = unsafe writer.bytes.withUnsafeBytes { unsafe engine.send($0, to: socket) }
    }

    /// Sends what is in ``writer``.
    mutating func sendWritten(toServer slot: Slot<Server>) {
        let socket = servers[slot].socket
        _ = unsafe writer.bytes.withUnsafeBytes { unsafe engine.send($0, to: socket) }
    }
}
