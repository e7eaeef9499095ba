import IOEngine
import PGWire
import PoolCore
import RelayCore

/// What is dropped of a request that the pooler answers itself, as PostgreSQL drops it after an error.
enum RequestSkipping {
    case no
    /// The message that comes next; ReadyForQuery follows it.
    case message
    /// Everything up to the next Sync, which is answered.
    case untilSync
}

extension Worker where Engine: ~Copyable {
    /// Cancels the request of a client that waits for a server: it is answered at once and never reaches one.
    ///
    /// - Returns: false when the client has not asked for anything that could be cancelled.
    mutating func cancelWaiting(_ slot: Slot<Client>) -> Bool {
        guard let first = clients[slot].held?.first, first != FrontendMessage.sync.rawValue else { return false }
        let client = clients[slot].id
        guard withBook({ book, _ in book.group.isWaiting(client) }) else {
            // A server is on its way to it; the request is answered when that arrives.
            clients[slot].isCancelRequested = true
            return true
        }
        decide(.clientLeft(client))
        answerCanceled(slot)
        return true
    }

    /// Answers the request of a client that no server has seen, and drops it.
    mutating func answerCanceled(_ slot: Slot<Client>) {
        clients[slot].isCancelRequested = false
        clients[slot].phase = .active
        clients[slot].waitStart = nil
        clients[slot].requestTime = now
        writer.removeAll()
        writer.errorResponse(.error, .queryCanceled, "canceling statement due to user request")
        sendWritten(toClient: slot)
        let type = clients[slot].held?.first.map { MessageType(rawValue: $0) }
        let isAnsweredItself = type == FrontendMessage.query || type == FrontendMessage.functionCall
        clients[slot].skipping = isAnsweredItself ? .message : .untilSync
        release(slot, from: [.awaitingServer, .settingParameters])
        armTimer(slot)
        pursueHeld(slot)
    }

    /// Drops what belongs to a request that has been answered.
    ///
    /// The client may be gone on return.
    ///
    /// - Returns: where something else begins.
    mutating func skip(_ slot: Slot<Client>, _ piece: ReceivedPiece) -> Int {
        let bytes = unsafe piece.bytes.bytes
        let limit = traffic.maxPacketSize
        var position = 0
        while position < piece.count {
            if clients[slot].scanner.isAtBoundary, piece.count - position < 5 { return position }
            var isSync = false
            switch clients[slot].scanner.step(in: bytes, at: &position, maximumLength: limit) {
            case .message(FrontendMessage.terminate, _, _, _):
                disconnectClient(slot, "client close request", notifying: false)
                return piece.count
            case .message(let type, _, _, _): isSync = type == FrontendMessage.sync
            case .continuation, .end: break
            case .invalidLength:
                disconnectClient(slot, "bad packet header")
                return piece.count
            }
            guard clients[slot].scanner.isAtBoundary, clients[slot].skipping == .message || isSync else { continue }
            clients[slot].skipping = .no
            writer.removeAll()
            writer.readyForQuery(.idle)
            sendWritten(toClient: slot)
            return position
        }
        return position
    }
}
