import IOEngine
import MonotonicTime
import PGWire
import PoolCore
import PoolerConfig

/// Cancel requests: from the connection that they arrive on to the server that runs the query.
///
/// Three places take part: the worker that received the request keeps its connection open until it has been dealt
/// with, the worker of the client it is about knows which server that is, and the pools say when a connection may be
/// opened for it and keep the server from other clients until the request has been processed.
extension Worker where Engine: ~Copyable {
    // MARK: - At the worker that received the request

    mutating func beginCanceling(_ slot: Slot<Client>, _ key: [UInt8]) {
        guard let owner = CancelKey(bytes: key).flatMap(shared.cancelKeys.owner) else {
            return disconnectClient(slot, "failed cancel request", notifying: false)
        }
        clients[slot].phase = .canceling
        clients[slot].login = nil
        let cancel = CancelID(rawValue: clients[slot].id.rawValue)
        if owner.worker == id {
            cancelQuery(of: owner.client, cancel, requester: id)
        } else {
            shared.mailboxes[Int(owner.worker.rawValue)].post(.cancel(cancel, target: owner.client, requester: id))
        }
    }

    mutating func finishCanceling(_ cancel: CancelID, _ reason: String) {
        guard let slot = clientSlot(numbered: cancel.rawValue), clients[slot].phase == .canceling else {
            return
        }
        clients[slot].phase = .startup
        disconnectClient(slot, reason, notifying: false)
    }

    private mutating func report(_ cancel: CancelID, to requester: WorkerID, _ reason: String) {
        if requester == id {
            finishCanceling(cancel, reason)
        } else {
            shared.mailboxes[Int(requester.rawValue)].post(.cancelDone(cancel, reason: reason))
        }
    }

    // MARK: - At the worker of the client

    mutating func cancelQuery(of client: ClientID, _ cancel: CancelID, requester: WorkerID) {
        guard let slot = clientSlot(of: client) else { return report(cancel, to: requester, "failed cancel request") }
        if clients[slot].phase == .consoleWaiting {
            interruptConsole(client)
            return report(cancel, to: requester, "cancel request for console client")
        }
        guard let server = clients[slot].server else {
            let isCanceled = clients[slot].phase == .waiting && cancelWaiting(slot)
            return report(cancel, to: requester, "cancel request for \(isCanceled ? "waiting" : "idle") client")
        }
        guard servers[server].isLinked else {
            // The request has not been sent: it is answered as soon as the server has set the client's parameters.
            clients[slot].isCancelRequested = true
            return report(cancel, to: requester, "cancel request for waiting client")
        }
        let order = cancels.insert(
            CancelConnection(
                id: cancel, address: servers[server].address, target: servers[server].id,
                key: servers[server].cancelKey, requester: requester))
        cancelSlots[cancel] = order
        decide(.cancelRequested(cancel, target: servers[server].id, worker: id))
    }

    mutating func openCancel(_ cancel: CancelID) {
        guard let slot = cancelSlots[cancel] else { return decide(.cancelFinished(cancel)) }
        let token = SocketToken(.cancel(slot), generation: cancels.generation(of: slot))
        cancels[slot].socket = engine.connect(
            to: cancels[slot].address, options: live.socketOptions, token: token)
        armCancelTimer(slot)
    }

    /// Gives up a request after `cancel_wait_timeout` if its connection makes no progress.
    private mutating func armCancelTimer(_ slot: Slot<CancelConnection>) {
        let setting = live.settings.cancelWaitTimeout
        let limit = setting == .zero ? Duration.seconds(10) : setting
        cancelTimers.add(now + limit, slot: slot, generation: cancels.generation(of: slot))
    }

    mutating func endOverdueCancels() {
        while let (slot, generation) = cancelTimers.popDue(at: now) {
            guard cancels.isLive(slot, generation) else { continue }
            cancelEnded(slot, error: Self.timedOut)
        }
    }

    /// ETIMEDOUT
    private static var timedOut: Int32 { 110 }

    mutating func cancelConnected(_ slot: Slot<CancelConnection>) {
        if let id = cancels[slot].id {
            decide(.cancelConnected(id))
        } else {
            sendCancel(slot)
        }
    }

    mutating func sendCancel(_ cancel: CancelID) {
        guard let slot = cancelSlots[cancel] else { return decide(.cancelFinished(cancel)) }
        sendCancel(slot)
    }

    private mutating func sendCancel(_ slot: Slot<CancelConnection>) {
        writer.removeAll()
        StartupPacket.cancelRequest(key: cancels[slot].key).encode(into: &writer)
        let socket = cancels[slot].socket
        cancels[slot].isSent = true
        _ = unsafe writer.bytes.withUnsafeBytes { unsafe engine.send($0, to: socket) }
    }

    /// PostgreSQL closes the connection when it has passed the request on. After any other end of a connection that the
    /// request was sent on, it may still be passed on, and would hit the server's next client: there must be none.
    mutating func cancelEnded(_ slot: Slot<CancelConnection>, error: Int32) {
        let generation = cancels.generation(of: slot)
        if error != 0, cancels[slot].isSent, let target = cancels[slot].target { decide(.serverObsolete(target)) }
        guard cancels.isLive(slot, generation) else { return }
        let cancel = remove(slot)
        if error != 0 { shared.log.write(.warning, "cancel request: \(SystemError.text(error))") }
        guard let id = cancel.id, let requester = cancel.requester else { return }
        decide(.cancelFinished(id))
        let reason =
            error == Self.timedOut
            ? "cancel_wait_timeout" : cancel.isSent ? "successfully sent cancel request" : "failed cancel request"
        report(id, to: requester, reason)
    }

    /// Ends what a server does for a client that is gone: PostgreSQL notices a closed connection only when it next
    /// reads or writes, and until then the query would run although no client waits for it.
    mutating func abandonQuery(_ server: Server) {
        // These connections come on top of the pool's, so a crowd of lost clients must not open a crowd of them.
        guard !server.cancelKey.isEmpty, cancels.count < max(1, live.settings.defaultPoolSize) else { return }
        let slot = cancels.insert(
            CancelConnection(id: nil, address: server.address, target: nil, key: server.cancelKey, requester: nil))
        let token = SocketToken(.cancel(slot), generation: cancels.generation(of: slot))
        cancels[slot].socket = engine.connect(
            to: server.address, options: live.socketOptions, token: token)
        armCancelTimer(slot)
    }

    mutating func rejectCancel(_ cancel: CancelID, _ reason: PoolGroup.CancelRejection) {
        guard let slot = cancelSlots[cancel], let requester = remove(slot).requester else { return }
        report(cancel, to: requester, reason.message)
    }

    private mutating func remove(_ slot: Slot<CancelConnection>) -> CancelConnection {
        let cancel = cancels.remove(slot)
        if let id = cancel.id { cancelSlots[id] = nil }
        engine.close(cancel.socket, flushing: false)
        return cancel
    }
}
