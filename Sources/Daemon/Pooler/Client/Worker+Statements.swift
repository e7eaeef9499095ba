import IOEngine
import PGWire
import PoolerStats
import RelayCore
import Synchronization

/// Named prepared statements that follow their client from server to server: carries out what ``LinkState`` decides.
extension Worker where Engine: ~Copyable {
    enum Placement {
        /// The message is not forwarded; what is forwarded instead has been written.
        case replaced
        /// The beginning of the message has been written, up to the end of the statement's name.
        case begun
        /// The message waits for an answer.
        case waiting
        /// The client has been disconnected.
        case disconnected
    }

    /// Writes to ``requests`` what the server gets for a message that names a statement, and answers the client where
    /// the server is not asked.
    @inline(never)
    mutating func place(
        _ slot: Slot<Client>, _ server: Slot<Server>, _ piece: ReceivedPiece, _ start: Int, _ message: StatementMessage
    ) -> Placement {
        let shared = shared
        let name = unsafe piece.bytes.bytes.extracting(message.name)
        let status = servers[server].status
        let decision = clients[slot].place(
            message.kind, name, on: &servers[server].statements, traffic.statements, status: status
        ) {
            let body = unsafe Array(piece.bytes[message.name.upperBound + 1..<message.end])
            return shared.statements.withLock { $0.statement(body) }
        }
        switch decision {
        case .wait:
            hold(slot, for: .awaitingAnswer)
            return .waiting
        case .skip: return .replaced
        case .rename(let statement, let preparation):
            if message.kind == .bind { count(slot) { $0.binds += 1 } }
            write(preparation, slot, server)
            unsafe requests.renamed(piece.bytes, from: start, message, to: statement.serverName)
            return .begun
        case .prepare(let preparation):
            count(slot) { $0.clientParses += 1 }
            write(preparation, slot, server)
            return .replaced
        case .answerLocally:
            if message.kind == .parse { count(slot) { $0.clientParses += 1 } }
            deliverInsertions(slot, server)
            return .replaced
        case .forwardClose:
            requests.closeStatement(LinkState.impossibleName)
            return .replaced
        case .refuseUnknown:
            requests.describeStatement(LinkState.impossibleName)
            return .replaced
        case .refuseDuplicate(let present, let preparation):
            write(preparation, slot, server)
            requests.parse(
                present.serverName, unsafe Array(piece.bytes[message.name.upperBound + 1..<message.end]))
            return .replaced
        case .disconnectUnknown:
            return disconnect(slot, server, name, "not found", "prepared statement did not exist")
        case .disconnectDuplicate:
            return disconnect(
                slot, server, name, "was already prepared", "prepared statement name is already in use")
        case .disconnectExcess:
            return disconnect(
                slot, server, name, "exceeds the memory of one client", Self.tooManyStatements,
                code: .programLimitExceeded)
        case .disconnectDoubtful:
            return disconnect(slot, server, name, "cannot be followed", Self.answersInDoubt)
        }
    }

    static var tooManyStatements: String { "too many prepared statements" }
    static var answersInDoubt: String { "answers in doubt" }

    private mutating func disconnect(
        _ slot: Slot<Client>, _ server: Slot<Server>, _ name: RawSpan, _ what: String, _ reason: String,
        code: SQLState = .protocolViolation
    ) -> Placement {
        flushRequests(ofClient: slot, to: server)
        let text = unsafe name.withUnsafeBytes {
            unsafe String(decoding: $0.prefix(Self.loggedNameLength), as: UTF8.self)
        }
        shared.log.write(.error, "\(prefix(ofClient: slot))prepared statement '\(text)' \(what)")
        disconnectClient(slot, reason, code: code)
        return .disconnected
    }

    static var loggedNameLength: Int { 256 }

    private mutating func count(_ slot: Slot<Client>, _ change: (inout PoolStats) -> Void) {
        if let database = clients[slot].database { stats(of: database, change) }
    }

    private mutating func write(_ preparation: Preparation?, _ slot: Slot<Client>, _ server: Slot<Server>) {
        guard let preparation else { return }
        count(slot) { $0.serverParses += 1 }
        for statement in preparation.closing { requests.closeStatement(statement.serverName) }
        let statement = preparation.statement
        requests.parse(statement.serverName, statement.body)
    }

    // MARK: - Answers

    /// Sends the client what the pooler answers itself, as far as it is its turn.
    mutating func deliverInsertions(_ slot: Slot<Client>, _ server: Slot<Server>) {
        guard servers[server].scanner.isAtBoundary else { return }
        writer.removeAll()
        while let type = clients[slot].nextInsertion(&servers[server].statements) { writer.message(type) { _ in } }
        guard !writer.bytes.isEmpty else { return }
        let socket = clients[slot].socket
        let isSent = unsafe writer.bytes.withUnsafeBytes { unsafe engine.send($0, to: socket) }
        // These answers cost no server anything, so nothing else would stop a client that never reads them.
        if !isSent { hold(slot, for: .answersUntaken) }
    }

    /// Passes an error on that the server was made to answer with, under the name that the client used.
    mutating func pass(_ body: [UInt8], _ refusal: StatementRefusal, toClient slot: Slot<Client>) {
        writer.removeAll()
        if var error = try? ErrorFields(body: body) {
            error.replace(refusal.serverName, by: refusal.name)
            error.encode(BackendMessage.errorResponse, into: &writer)
        } else {
            writer.message(BackendMessage.errorResponse) { $0.raw(body) }
        }
        sendWritten(toClient: slot)
    }

    /// An error says that a statement is not what it was taken for.
    mutating func noteStatementError(_ body: [UInt8], _ slot: Slot<Server>, segment: UInt32) {
        guard servers[slot].statements.count > 0, let error = try? ErrorFields(body: body) else { return }
        let isStale =
            switch error.code {
            case .invalidSQLStatementName: error.message.contains(SharedStatement.namePrefix)
            case .featureNotSupported: error.text("R") == "RevalidateCachedQuery"
            default: false
            }
        if isStale { servers[slot].statements.invalidate(usedIn: segment) }
    }

    /// The server has dropped all of its prepared statements, if this is the tag of a command that does so.
    mutating func noteDropped(_ tag: [UInt8], _ slot: Slot<Server>) {
        guard tag == Self.deallocateAll || tag == Self.discardAll else { return }
        servers[slot].statements.removeAll()
        if servers[slot].isLinked, let client = servers[slot].client { clients[client].statements.removeAll() }
    }

    private static var deallocateAll: [UInt8] { Array("DEALLOCATE ALL\0".utf8) }
    private static var discardAll: [UInt8] { Array("DISCARD ALL\0".utf8) }

    /// The first letter of these tags, and the lengths of their messages' bodies.
    static var droppingInitial: UInt8 { UInt8(ascii: "D") }
    static func mayDrop(_ bodyLength: Int) -> Bool { bodyLength == 12 || bodyLength == 15 }
}
