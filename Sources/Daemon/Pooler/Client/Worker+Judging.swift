import IOEngine
import PGWire
import RelayCore

/// Messages that a client may not send in its pool mode, found before the server sees them.
extension Worker where Engine: ~Copyable {
    enum Judgement {
        case pass
        /// More of the message must arrive before it can be judged.
        case incomplete
        /// It names a prepared statement.
        case refuseStatement
        case disconnect(String)
    }

    /// Whether a message may have to be refused for its contents, seen in a few bytes: drivers nearly always use the
    /// unnamed statement and portal. The header at `start` has arrived.
    @inline(__always)
    func mustJudge(_ piece: ReceivedPiece, _ start: Int, in scope: LinkScope) -> Bool {
        let type = unsafe MessageType(rawValue: piece.bytes[start])
        if scope == .statement, type == FrontendMessage.query || type == FrontendMessage.parse { return true }
        guard traffic.refusesNamedStatements, StatementName.mayBeIn(type) else { return false }
        guard piece.count - start >= 7 else { return true }
        let (first, second) = unsafe (piece.bytes[start + 5], piece.bytes[start + 6])
        switch type {
        case FrontendMessage.parse: return first != 0
        case FrontendMessage.bind: return first | second != 0
        default: return first == UInt8(ascii: "S") && second != 0
        }
    }

    /// Judges a message of a client that is not in session mode. Its header, at `start`, has arrived.
    func judge(_ slot: Slot<Client>, _ piece: ReceivedPiece, _ start: Int) -> Judgement {
        let type = unsafe MessageType(rawValue: piece.bytes[start])
        if traffic.refusesNamedStatements, type != FrontendMessage.query {
            switch StatementName.find(in: unsafe piece.bytes.bytes, at: start) {
            case .named: return .refuseStatement
            case .incomplete: return .incomplete
            case .portalTooLong: return .disconnect("bad packet")
            case .none: break
            }
        }
        guard clients[slot].link.scope == .statement else { return .pass }
        return opensTransaction(type, piece, start) ? .disconnect(Self.transactionRefused) : .pass
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

    // MARK: - Named statements

    /// No statement has this name: a Describe of it makes PostgreSQL refuse the client's request and skip to its Sync,
    /// and the answer is recognised by it.
    static var refusedName: String { "weir: named prepared statements do not follow their client" }

    /// Has the server refuse the message that comes next, so that its transaction fails as it would for any error: a
    /// message is sent in its place that PostgreSQL answers with an error.
    mutating func refuseStatement(_ slot: Slot<Client>, _ server: Slot<Server>) {
        clients[slot].dropsMessage = true
        clients[slot].expectsRefusal = true
        _ = clients[slot].link.requests.clientSent(FrontendMessage.describe)
        writer.removeAll()
        writer.describeStatement(Self.refusedName)
        let socket = servers[server].socket
        let isSent = unsafe writer.bytes.withUnsafeBytes { unsafe engine.send($0, to: socket) }
        if !isSent { hold(slot, for: .serverCongested) }
    }

    /// Passes an error on to a client of which a statement has been refused, in words of our own if it is the answer to
    /// that.
    mutating func passError(_ body: [UInt8], toClient slot: Slot<Client>) {
        writer.removeAll()
        if let error = try? ErrorFields(body: body), error.message.contains(Self.refusedName) {
            writer.errorResponse(
                .error, .featureNotSupported,
                "named prepared statements are not supported in pool_mode \(clients[slot].link.scope)",
                hint: "Use unnamed statements, pool_mode = session, or max_prepared_statements = 0 if no two clients "
                    + "use the same name.")
        } else {
            writer.message(BackendMessage.errorResponse) { $0.raw(body) }
        }
        sendWritten(toClient: slot)
    }
}
