import AdminConsole
import IOEngine
import PGWire
import PoolCore

/// Commands of the console that change something.
extension Worker where Engine: ~Copyable {
    mutating func execute(_ command: AdminCommand, _ slot: Slot<Client>) throws(AdminError) {
        let target = target(of: command)
        try command.check(situation(for: command, target))
        if let line = command.logLine { shared.log.write(.log, "\(line)") }
        switch command {
        case .show(let target): show(target, slot)
        case .showParameter(let parameter): reply(slot, .table(.parameter(parameter)))
        case .setParameter: reply(slot, .setIgnored)
        case .set(let key, let value): try set(key, value, slot, tag: command.tag)
        case .reload:
            guard Reload.command(shared) else { throw .reloadFailed }
            reply(slot, .done(command.tag))
        case .pause:
            wait(slot, for: .pause(target?.id), tag: command.tag)
            decide(.pause(target?.id))
        case .suspend:
            // No other process takes over connections: what remains of SUSPEND is that no query is started.
            wait(slot, for: .pause(nil), tag: command.tag)
            decide(.suspend(by: clients[slot].id))
        case .resume:
            decide(.resume(target?.id))
            reply(slot, .done(command.tag))
        case .kill: kill(target, slot, tag: command.tag)
        case .killClient(let client): try killClient(ClientID(rawValue: client), slot, tag: command.tag)
        case .disable:
            if let target { decide(.disable(target.id)) }
            reply(slot, .done(command.tag))
        case .enable:
            if let target { decide(.enable(target.id)) }
            reply(slot, .done(command.tag))
        case .reconnect:
            decide(.reconnect(target?.id))
            shared.postToAll(.serversMarked)
            reply(slot, .done(command.tag))
        case .waitClose:
            wait(slot, for: .waitClose(target?.id), tag: command.tag)
            decide(.waitClose(target?.id))
        case .shutdown(let mode): shutDown(mode, slot, tag: command.tag)
        }
    }

    /// The database a command names, made from the fallback where PgBouncer does so.
    private mutating func target(of command: AdminCommand) -> Database? {
        guard let name = command.database else { return nil }
        let (live, now) = (live, now)
        return withBook { book, actions in
            guard command.registersDatabase else { return book.database(named: name) }
            return book.database(serving: name, live, at: now, into: &actions)?.database
        }
    }

    private func situation(for command: AdminCommand, _ target: Database?) -> ConsoleSituation {
        var known: ConsoleSituation.Target?
        if command.database == ConsoleState.databaseName {
            known = .init(isConsole: true)
        } else if let target {
            known = .init(isPaused: shared.read { $0.group.isPaused(target.id) })
        }
        let hasPaused = shared.read { book in
            book.databases.values.contains { book.group.isPaused($0.id) }
        }
        return ConsoleSituation(
            state: shared.poolerState, mustStayPaused: shared.shutdownMode == .waitForServers,
            isShuttingDown: shared.shutdownMode != nil,
            hasPausedDatabases: hasPaused, target: known)
    }

    private mutating func wait(_ slot: Slot<Client>, for wait: ConsoleState.Wait, tag: String) {
        clients[slot].phase = .consoleWaiting
        shared.console.add(wait, clients[slot].id, at: id, tag: tag)
    }

    /// ^C on a console that waits for PAUSE or SUSPEND resumes. (PgBouncer does so only for all databases.)
    mutating func interruptConsole(_ client: ClientID) {
        guard clientSlot(of: client) != nil, let wait = shared.console.interrupt(client) else { return }
        if case .pause(let database) = wait {
            decide(.resume(database))
        }
        consoleReply(client, .error(AdminError("canceling statement due to user request", code: "57014")))
    }

    private mutating func set(
        _ key: String, _ value: String, _ slot: Slot<Client>, tag: String
    ) throws(AdminError) {
        do {
            try Reload.set(key, to: value, shared)
        } catch {
            shared.log.write(.warning, "\(prefix(ofClient: slot))\(error)")
            throw .setFailed
        }
        live = shared.live
        reply(slot, .done(tag))
    }

    private mutating func kill(_ target: Database?, _ slot: Slot<Client>, tag: String) {
        decide(.kill(target?.id))
        let selection: ClientSelection = target.map { .database($0.id) } ?? .all
        shared.postToAll(.disconnect(selection, reason: "admin forced disconnect"))
        reply(slot, .done(tag))
    }

    private mutating func killClient(_ client: ClientID, _ slot: Slot<Client>, tag: String) throws(AdminError) {
        // Every worker is asked; the one that has the client disconnects it before it contributes.
        let (mailbox, console) = (shared.mailboxes[Int(id.rawValue)], clients[slot].id)
        clients[slot].phase = .consoleWaiting
        shared.console.findClient(client, shared) { isFound in
            mailbox.post(.consoleReply(console, isFound ? .done(tag) : .error(.clientNotFound)))
        }
    }

    private mutating func shutDown(_ mode: AdminCommand.ShutdownMode, _ slot: Slot<Client>, tag: String) {
        switch mode {
        case .immediate: return shared.console.exit()
        case .waitForServers: Shutdown.begin(.waitForServers, shared)
        case .waitForClients: Shutdown.begin(.waitForClients, shared)
        }
        guard clients[slot].phase == .console else { return }
        reply(slot, .done(tag))
    }
}
