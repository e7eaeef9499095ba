import AdminConsole
import Glibc
import IOEngine
import PGAuth
import PGWire
import PoolCore
import PoolerConfig
import PoolerStats

/// Clients of the virtual database `pgbouncer`.
extension Worker where Engine: ~Copyable {
    /// Who may log in: the pooler's own account over the Unix socket as `pgbouncer`, and `admin_users` and
    /// `stats_users` with their passwords. With `auth_type = any` everybody is an administrator.
    mutating func beginConsoleLogin(_ slot: Slot<Client>, _ login: ClientLogin) {
        let user = clients[slot].details.user
        let details = clients[slot].details
        if mayAdminister(slot) {
            details.role = .admin
            guard live.settings.adminUsers.contains(user), live.settings.authType != .any, !isOwnAccount(slot) else {
                return finishConsoleLogin(slot)
            }
        } else if live.settings.statsUsers.contains(user) {
            details.role = .stats
        } else {
            return disconnectClient(slot, "not allowed")
        }
        challenge(slot, login)
    }

    /// Whether the client would be an administrator, once its password is right.
    func mayAdminister(_ slot: Slot<Client>) -> Bool {
        live.settings.authType == .any || isOwnAccount(slot)
            || live.settings.adminUsers.contains(clients[slot].details.user)
    }

    private func isOwnAccount(_ slot: Slot<Client>) -> Bool {
        clients[slot].details.user == ConsoleState.databaseName && clients[slot].details.peerUser == getuid()
    }

    mutating func finishConsoleLogin(_ slot: Slot<Client>) {
        writer.removeAll()
        Authentication.ok.encode(into: &writer)
        ConsoleWelcome.encode(into: &writer)
        consoleStats.clientLogins += 1
        finishLogin(slot)
    }

    // MARK: - Commands

    /// The longest message the console takes; its commands are a line.
    private static var longestMessage: Int { 64 * 1024 }

    mutating func receiveConsole(_ slot: Slot<Client>, _ bytes: UnsafeRawBufferPointer) {
        if clients[slot].held == nil { clients[slot].held = [] }
        unsafe clients[slot].held?.append(contentsOf: bytes)
        runConsole(slot)
        // A console that waits is not read on: its next command can as well stay with its sender.
        if clients.isLive(slot), clients[slot].held?.count ?? 0 > Self.longestMessage {
            disconnectClient(slot, "bad packet header")
        }
    }

    /// Runs the messages that have arrived whole, until one has to wait.
    private mutating func runConsole(_ slot: Slot<Client>) {
        let generation = clients.generation(of: slot)
        while clients.isLive(slot, generation), clients[slot].phase == .console,
            let held = clients[slot].held, held.count >= 5
        {
            let type = MessageType(rawValue: held[0])
            let length = held[1..<5].reduce(0) { $0 << 8 | Int($1) }
            guard length >= 4, length <= Self.longestMessage else { return disconnectClient(slot, "bad packet header") }
            guard held.count >= 1 + length else { return }
            let rest = Array(held[(1 + length)...])
            clients[slot].held = rest.isEmpty ? nil : rest
            handleConsole(slot, type, Array(held[5..<(1 + length)]))
        }
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

    mutating func reply(_ slot: Slot<Client>, _ reply: AdminReply) {
        writer.removeAll()
        reply.encode(into: &writer)
        sendWritten(toClient: slot)
    }

    /// Something a command waited for has come.
    mutating func consoleReply(_ client: ClientID, _ answer: AdminReply) {
        guard let slot = clientSlot(of: client), clients[slot].phase == .consoleWaiting else { return }
        clients[slot].phase = .console
        reply(slot, answer)
        runConsole(slot)
    }
}
