import IOEngine
import PGWire
import PoolCore
import RelayCore
import Synchronization

/// New connections.
extension Worker where Engine: ~Copyable {
    /// Gives a new connection to the worker with the fewest clients.
    mutating func accept(_ socket: DetachedSocket) {
        var chosen = Int(id.rawValue)
        var fewest = Int.max
        for (index, load) in shared.loads.enumerated() {
            let count = load.clients.load(ordering: .relaxed)
            if count < fewest { (chosen, fewest) = (index, count) }
        }
        shared.loads[chosen].clients.add(1, ordering: .relaxed)
        if chosen == Int(id.rawValue) {
            adopt(socket)
        } else {
            shared.mailboxes[chosen].post(.adopt(socket))
        }
    }

    mutating func adopt(_ socket: DetachedSocket) {
        let number = withBook { book, _ in book.group.makeID() }
        let details = ClientDetails(connectTime: now)
        // Its parameters come with the start-up message.
        let slot = clients.insert(
            Client(
                id: ClientID(rawValue: number), socket: .none,
                parameters: TrackedParameters(count: 0), login: PendingLogin(),
                details: details, requestTime: now))
        clients[slot].id = ClientID(rawValue: number, slot: slot.index, worker: id)
        let token = SocketToken(.client(slot), generation: clients.generation(of: slot))
        let handle = engine.attach(socket, token: token)
        clients[slot].socket = handle
        details.peer = engine.peerAddress(of: handle)
        if case .unix(let path, _) = details.peer {
            if let credentials = engine.peerCredentials(of: handle) {
                details.peer = .unix(path: path, pid: credentials.processID)
                details.peerUser = credentials.userID
            }
        } else {
            engine.setOptions(live.socketOptions, of: handle)
        }
        armTimer(slot)
    }

    mutating func clientEnded(_ slot: Slot<Client>, error: Int32) {
        switch clients[slot].phase {
        case .canceling:
            // The request goes on without the connection it came in on.
            disconnectClient(slot, "client unexpected eof", notifying: false)
        case .active where error == 0 && keepsHalfClosed(slot), .waiting where error == 0: probe(slot)
        default:
            let reason = error == 0 ? "client unexpected eof" : "client unexpected eof: \(SystemError.text(error))"
            disconnectClient(slot, reason, notifying: false)
        }
    }

    /// Stops accepting.
    ///
    /// - Parameter keepingUnix: leave Unix sockets open, for the console.
    mutating func stopListening(keepingUnix: Bool) {
        for (listener, address) in shared.listeners.all where !(keepingUnix && address.isUnix) {
            engine.stopListening(listener)
        }
    }
}
