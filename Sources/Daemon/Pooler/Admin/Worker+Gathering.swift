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
        var part = Gathering.Part()
        for index in 0..<UInt32(stats.endIndex) { part.stats[stats[index].database] = stats[index].counters }
        part.consoleStats = consoleStats
        for slot in clients.allSlots where clients.isLive(slot) {
            if clients[slot].phase.isLoggingIn { part.loggingIn += 1 }
        }
        if gathering.wantsSockets { part.sockets = clientRows() + serverRows() }
        gathering.add(part)
    }

    private func clientRows() -> [SocketRow] {
        var rows: [SocketRow] = []
        for slot in clients.allSlots where clients.isLive(slot) {
            let details = clients[slot].details
            let local = engine.localAddress(of: clients[slot].socket)
            var row = SocketRow(
                state: state(ofClient: slot), user: details.user.isEmpty ? nil : details.user,
                database: details.database.isEmpty ? nil : details.database, address: details.peer.host,
                port: port(of: details.peer), localAddress: local.host, localPort: port(of: local),
                connectTime: details.connectDate, requestTime: date(clients[slot].requestTime),
                pointer: clients[slot].id.rawValue, id: clients[slot].id.rawValue)
            if let start = clients[slot].waitStart, clients[slot].phase == .waiting {
                row.waitMicroseconds = UInt64(max(0, now.microseconds(since: start)))
            }
            if let server = clients[slot].server { row.link = servers[server].id.rawValue }
            if case .unix(_, let pid) = details.peer { row.remotePID = Int(pid) }
            row.applicationName = applicationName(clients[slot].parameters[Self.applicationNameIndex])
            rows.append(row)
        }
        return rows
    }

    private func serverRows() -> [SocketRow] {
        var rows: [SocketRow] = []
        for slot in servers.allSlots where servers.isLive(slot) {
            let id = servers[slot].id
            let local = engine.localAddress(of: servers[slot].socket)
            let facts = shared.read { book in (book.group.state(of: id), book.group.needsClose(id)) }
            let address = servers[slot].address
            let databasePort = servers[slot].pool.database.entry.port
            var row = SocketRow(
                state: facts.0?.socketState ?? .serverLogin, user: servers[slot].pool.user.name,
                database: servers[slot].pool.database.name, address: address.host,
                port: address.isUnix ? databasePort : address.port, localAddress: local.host,
                localPort: local.isUnix ? databasePort : local.port, connectTime: servers[slot].connectDate,
                requestTime: date(servers[slot].requestTime), pointer: id.rawValue, id: id.rawValue)
            row.closeNeeded = facts.1
            if let client = servers[slot].client { row.link = clients[client].id.rawValue }
            row.remotePID = servers[slot].cancelKey.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            row.applicationName = applicationName(servers[slot].parameters[Self.applicationNameIndex])
            rows.append(row)
        }
        return rows
    }

    /// `application_name` is the last of the parameters that are always tracked.
    private static var applicationNameIndex: Int { 4 }

    private func applicationName(_ value: [UInt8]?) -> String {
        value.map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// A Unix socket has no port; the listening port stands in for it, as in its file name.
    private func port(of address: SocketAddress) -> Int {
        address.isUnix ? live.settings.listenPort : address.port
    }

    private func date(_ instant: Instant) -> Int64 {
        WallClock.seconds() - max(0, now.nanoseconds(since: instant)) / 1_000_000_000
    }

    private func state(ofClient slot: Slot<Client>) -> SocketState {
        switch clients[slot].phase {
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
