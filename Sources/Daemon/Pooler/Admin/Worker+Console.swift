import AdminConsole
import IOEngine
import LoginCore
import PGWire
import PoolCore
import PoolerStats

/// Clients of the virtual database `pgbouncer`.
extension Worker where Engine: ~Copyable {
    mutating func finishConsoleLogin(_ slot: Slot<Client>) {
        writer.removeAll()
        Authentication.ok.encode(into: &writer)
        ConsoleWelcome.encode(into: &writer)
        consoleStats.clientLogins += 1
        finishLogin(slot)
    }

    // MARK: - Receiving

    /// The longest message the console takes; its commands are a line.
    private static var longestMessage: Int { 64 * 1024 }

    /// Bytes that may wait: a whole message, and what was on its way when the client was paused.
    private static var mostHeld: Int { 256 * 1024 }

    mutating func receiveConsole(_ slot: Slot<Client>, _ bytes: UnsafeRawBufferPointer) {
        let held = clients[slot].held?.count ?? 0
        guard held + bytes.count <= Self.mostHeld else { return disconnectClient(slot, "bad packet header") }
        if clients[slot].held == nil { clients[slot].held = [] }
        unsafe clients[slot].held?.append(contentsOf: bytes)
        offerCommand(slot)
    }

    /// Lets the client's next command have its turn, if there is one; else reads on.
    ///
    /// A client that has sent a whole command, waits for an answer or has not taken one is not read.
    private mutating func offerCommand(_ slot: Slot<Client>) {
        guard clients[slot].phase == .console, !clients[slot].readHolds.contains(.answersUntaken) else { return }
        switch nextMessage(slot) {
        case .refused: disconnectClient(slot, "bad packet header")
        case .incomplete: release(slot, from: .awaitingConsole)
        case .whole(FrontendMessage.terminate, _):
            // At once: the client may connect again, and limits count it until it is gone.
            disconnectClient(slot, "client close request", notifying: false)
        case .whole:
            hold(slot, for: .awaitingConsole)
            consoleTurns.ask(clients[slot].id)
            hasConsoleCommands = true
        }
    }

    private enum NextMessage {
        case incomplete
        case whole(type: MessageType, length: Int)
        case refused
    }

    private func nextMessage(_ slot: Slot<Client>) -> NextMessage {
        guard let held = clients[slot].held, held.count >= 5 else { return .incomplete }
        let length = held[1..<5].reduce(0) { $0 << 8 | Int($1) }
        guard length >= 4, length <= Self.longestMessage else { return .refused }
        return held.count >= 1 + length ? .whole(type: MessageType(rawValue: held[0]), length: length) : .incomplete
    }

    // MARK: - Running

    /// Runs one of the commands that have arrived, or a few; the others have their turn later.
    mutating func runConsoles() {
        consoleTurns.beginTurn()
        while let client = consoleTurns.next() {
            guard let slot = clientSlot(of: client), clients[slot].phase == .console,
                !clients[slot].readHolds.contains(.answersUntaken),
                case .whole(let type, let length) = nextMessage(slot), let held = clients[slot].held
            else { continue }
            let body = Array(held[5..<(1 + length)])
            if held.count == 1 + length {
                clients[slot].held = nil
            } else {
                clients[slot].held?.removeFirst(1 + length)
            }
            handleConsole(slot, type, body)
            if let slot = clientSlot(of: client) { offerCommand(slot) }
        }
        hasConsoleCommands = !consoleTurns.isIdle
    }

    private mutating func handleConsole(_ slot: Slot<Client>, _ type: MessageType, _ body: [UInt8]) {
        clients[slot].requestTime = now
        switch type {
        case FrontendMessage.terminate: disconnectClient(slot, "client close request", notifying: false)
        case FrontendMessage.query:
            var reader = WireReader(body)
            guard let query = try? reader.cStringBytes() else { return disconnectClient(slot, "incomplete query") }
            run(slot, query)
        case FrontendMessage.password: disconnectClient(slot, "unknown pkt")
        default:
            reply(slot, .refusedMessage(type))
            disconnectClient(slot, "bad packet", notifying: false)
        }
    }

    private mutating func run(_ slot: Slot<Client>, _ query: [UInt8]) {
        consoleStats.queries += 1
        consoleStats.transactions += 1
        do throws(AdminError) {
            let role: AdminRole = clients[slot].details.role == .admin ? .admin : .stats
            let command = try AdminCommand.parse(query, as: role)
            try execute(command, slot)
        } catch {
            shared.log.write(.error, "\(prefix(ofClient: slot))\(error.message)")
            reply(slot, .error(error))
        }
    }

    // MARK: - Answering

    mutating func reply(_ slot: Slot<Client>, _ reply: AdminReply) {
        var answer = WireWriter()
        reply.encode(into: &answer)
        send(answer.bytes, toConsole: slot)
    }

    private mutating func send(_ answer: [UInt8], toConsole slot: Slot<Client>) {
        clients[slot].details.answerSize = answer.count
        let socket = clients[slot].socket
        let isSent = unsafe answer.withUnsafeBytes { unsafe engine.send($0, to: socket) }
        if !isSent { consoleIsUnread(slot) }
    }

    /// The client has not taken its answer: no next command is run before it has.
    mutating func consoleIsUnread(_ slot: Slot<Client>) {
        hold(slot, for: .answersUntaken)
        let size = clients[slot].details.answerSize
        for client in consoleTurns.leftUnread(clients[slot].id, bytes: size) {
            guard let slowest = clientSlot(of: client) else { continue }
            disconnectClient(slowest, "answers of the console are not read", notifying: false)
        }
    }

    mutating func consoleWasRead(_ slot: Slot<Client>) {
        consoleTurns.wasRead(clients[slot].id)
        offerCommand(slot)
    }

    /// What a command has waited for has come.
    mutating func consoleReply(_ client: ClientID, _ reply: AdminReply) {
        var answer = WireWriter()
        reply.encode(into: &answer)
        consoleAnswer(client, answer.bytes)
    }

    /// The same, encoded on another thread.
    mutating func consoleAnswer(_ client: ClientID, _ answer: [UInt8]) {
        guard let slot = clientSlot(of: client), clients[slot].phase == .consoleWaiting else { return }
        clients[slot].phase = .console
        send(answer, toConsole: slot)
        offerCommand(slot)
    }

    /// A client of the console is gone.
    mutating func consoleEnded(_ client: ClientID) {
        shared.consoleClosed(client)
        consoleTurns.wasRead(client)
    }
}
