import IOEngine
import PGWire
import PoolCore
import RelayCore
import Synchronization

/// Messages that are looked at before the server gets them, because of the client's pool mode.
extension Worker where Engine: ~Copyable {
    enum Judgement {
        case pass
        /// The piece must reach this offset before the message can be judged.
        case incomplete(until: Int)
        /// It names a prepared statement.
        case statement(StatementMessage)
        case disconnect(String, SQLState)
    }

    /// Whether a message must be judged, seen in a few bytes: many drivers use the unnamed statement and portal only.
    /// The header at `start` has arrived.
    @inline(__always)
    func mustJudge(_ piece: ReceivedPiece, _ start: Int, in scope: LinkScope) -> Bool {
        let type = unsafe MessageType(rawValue: piece.bytes[start])
        if scope == .statement, type == FrontendMessage.query || type == FrontendMessage.parse { return true }
        guard StatementMessage.mayBeIn(type) else { return false }
        guard traffic.followsStatements else { return watchesNames && type == FrontendMessage.parse }
        guard piece.count - start >= 7 else { return true }
        let (first, second) = unsafe (piece.bytes[start + 5], piece.bytes[start + 6])
        switch type {
        case FrontendMessage.parse: return first != 0
        case FrontendMessage.bind: return first | second != 0
        default: return first == UInt8(ascii: "S") && second != 0
        }
    }

    /// Judges a message of a client that is not in session mode. Its header, at `start`, has arrived.
    mutating func judge(_ slot: Slot<Client>, _ piece: ReceivedPiece, _ start: Int) -> Judgement {
        let type = unsafe MessageType(rawValue: piece.bytes[start])
        let isRefused = clients[slot].link.scope == .statement && opensTransaction(type, piece, start)
        if isRefused { return .disconnect(Self.transactionRefused, .protocolViolation) }
        guard StatementMessage.mayBeIn(type) else { return .pass }
        guard traffic.followsStatements else {
            watchName(slot, piece, start)
            return .pass
        }
        switch StatementMessage.find(in: unsafe piece.bytes.bytes, at: start) {
        case .none: return .pass
        case .incomplete(let end) where end - start > traffic.statements.sizePerClient:
            return .disconnect(Self.tooManyStatements, .programLimitExceeded)
        case .incomplete(let end): return .incomplete(until: end)
        case .found(let message): return .statement(message)
        }
    }

    /// Warns, once, when two clients use one name for statements that do not follow them.
    private mutating func watchName(_ slot: Slot<Client>, _ piece: ReceivedPiece, _ start: Int) {
        guard watchesNames else { return }
        let name = unsafe Array(piece.bytes[(start + 5)...].prefix { $0 != 0 })
        guard !name.isEmpty else { return }
        let client = clients[slot].id.rawValue
        let (isShared, isDone) = shared.sharedNames.withLock { ($0.note(name, client: client), $0.isDone) }
        watchesNames = !isDone
        guard isShared else { return }
        let text = String(decoding: name.prefix(Self.loggedNameLength), as: UTF8.self)
        shared.log.write(
            .warning,
            "\(prefix(ofClient: slot))prepared statement '\(text)' has been prepared by another client, too: with "
                + "max_prepared_statements = 0 one of them may get the other's statement")
    }

    /// As far as the text has arrived; the rest is judged by the transaction status after it has run.
    private func opensTransaction(_ type: MessageType, _ piece: ReceivedPiece, _ start: Int) -> Bool {
        guard type == FrontendMessage.query || type == FrontendMessage.parse else { return false }
        let length = unsafe piece.bytes.loadUnaligned(fromByteOffset: start + 1, as: UInt32.self).bigEndian
        let end = min(piece.count, start + 1 + Int(length))
        guard start + 5 < end else { return false }
        var text = unsafe piece.bytes[start + 5..<end]
        if type == FrontendMessage.parse {
            unsafe text = unsafe text.drop { $0 != 0 }.dropFirst()
        }
        let sql = unsafe text.prefix { $0 != 0 }
        return TransactionOpening.isLeftOpen(by: unsafe Array(sql))
    }
}
