import AdminConsole
import IOEngine
import MonotonicTime
import PoolCore
import PoolerConfig
import PoolerStats
import RelayCore

/// This worker's part of the console's tables.
extension Worker where Engine: ~Copyable {
    mutating func contribute(to gathering: Gathering) {
        var part = Snapshot()
        for index in 0..<UInt32(stats.endIndex) { part.stats[stats[index].database] = stats[index].counters }
        part.consoleStats = consoleStats
        for slot in clients.allSlots where clients.isLive(slot) {
            if clients[slot].phase.isLoggingIn { part.loggingIn += 1 }
        }
        if gathering.wantsConnections {
            part.connections.reserveCapacity(clients.count + servers.count)
            addClients(to: &part)
            addServers(to: &part)
        }
        gathering.add(part)
    }

    private mutating func addClients(to part: inout Snapshot) {
        let date = WallClock.seconds()
        for slot in clients.allSlots where clients.isLive(slot) {
            let details = clients[slot].details
            var facts = ConnectionFacts(
                state: clients[slot].phase.socketState, user: details.user, database: details.database,
                peer: details.peer, local: engine.localAddress(of: clients[slot].socket),
                connectDate: details.connectDate, requestDate: date - age(of: clients[slot].requestTime),
                number: clients[slot].id.rawValue, remotePID: 0,
                applicationName: clients[slot].parameters[Self.applicationNameIndex],
                preparedStatements: clients[slot].statements.count)
            if let start = clients[slot].waitStart, clients[slot].phase == .waiting {
                facts.waitMicroseconds = UInt64(max(0, now.microseconds(since: start)))
            }
            if let server = clients[slot].server { facts.link = servers[server].id.rawValue }
            if case .unix(_, let pid) = details.peer { facts.remotePID = Int(pid) }
            part.connections.append(facts)
        }
    }

    private mutating func addServers(to part: inout Snapshot) {
        let date = WallClock.seconds()
        for slot in servers.allSlots where servers.isLive(slot) {
            let id = servers[slot].id
            let known = shared.read { book in (book.group.state(of: id), book.group.needsClose(id)) }
            let pool = servers[slot].pool
            var facts = ConnectionFacts(
                state: known.0?.socketState ?? .serverLogin, user: pool.user.name, database: pool.database.name,
                peer: servers[slot].address, local: engine.localAddress(of: servers[slot].socket),
                unixPort: pool.database.entry.port, connectDate: servers[slot].connectDate,
                requestDate: date - age(of: servers[slot].requestTime), number: id.rawValue,
                remotePID: servers[slot].cancelKey.prefix(4).reduce(0) { $0 << 8 | Int($1) },
                applicationName: servers[slot].parameters[Self.applicationNameIndex],
                preparedStatements: servers[slot].statements.count)
            facts.isMarkedForClosing = known.1
            if let client = servers[slot].client { facts.link = clients[client].id.rawValue }
            part.connections.append(facts)
        }
    }

    /// `application_name` is the last of the parameters that are always tracked.
    private static var applicationNameIndex: Int { 4 }

    /// In whole seconds.
    @inline(__always)
    private func age(of instant: Instant) -> Int64 { max(0, now.nanoseconds(since: instant)) / 1_000_000_000 }
}

extension ClientPhase {
    fileprivate var socketState: SocketState {
        switch self {
        case .startup, .authenticating: .clientLogin
        case .awaitingWelcome, .waiting: .clientWaiting
        case .active, .console, .consoleWaiting: .clientActive
        case .canceling: .clientActiveCancelRequest
        }
    }
}

extension ServerState {
    var socketState: SocketState {
        switch self {
        case .login: .serverLogin
        case .active: .serverActive
        case .idle: .serverIdle
        case .used: .serverUsed
        case .tested, .closing: .serverTested
        case .beingCanceled: .serverBeingCanceled
        }
    }
}
