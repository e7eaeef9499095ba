import AdminConsole
import IOEngine
import MonotonicTime
import PGWire
import PoolCore
import PoolerConfig
import PoolerStats
import Synchronization

/// The tables of the console. What the pools know is answered at once; what only workers know is gathered first.
extension Worker where Engine: ~Copyable {
    mutating func show(_ target: ShowTarget, _ slot: Slot<Client>) {
        switch target {
        case .help: reply(slot, .help)
        case .version: reply(slot, .table(.version))
        case .config: reply(slot, .table(.config(configRows())))
        case .databases: reply(slot, .table(.databases(databaseRows())))
        case .users: reply(slot, .table(.users(userRows())))
        case .pools: reply(slot, .table(.pools(poolRows())))
        case .state: reply(slot, .table(.state(shared.poolerState)))
        case .mem: reply(slot, .table(.mem(memoryRows())))
        case .peers:
            let rows = live.file.peers.map {
                PeerRow(
                    peerID: $0.id, host: $0.host.text, port: $0.port,
                    poolSize: $0.poolSize ?? live.settings.defaultPoolSize)
            }
            reply(slot, .table(.peers(rows)))
        case .peerPools: reply(slot, .table(.peerPools([])))
        case .dnsHosts:
            let rows = shared.resolver.known().map {
                DNSHostRow(hostname: $0.host, ttl: UInt64($0.timeToLive), addresses: $0.addresses.map(\.host))
            }
            reply(slot, .table(.dnsHosts(rows)))
        case .dnsZones: reply(slot, .table(.dnsZones([])))
        case .fds: reply(slot, .table(.fds([])))
        case .clients: gatherSockets(slot) { .clients($0) }
        case .servers: gatherSockets(slot) { .servers($0) }
        case .sockets: gatherSockets(slot) { .sockets($0) }
        case .activeSockets: gatherSockets(slot) { .activeSockets($0) }
        case .lists: gatherLists(slot)
        case .stats: gatherStats(slot) { .stats($0) }
        case .statsTotals: gatherStats(slot) { .statsTotals($0) }
        case .statsAverages: gatherStats(slot) { .statsAverages($0) }
        case .totals: gatherTotals(slot)
        }
    }

    // MARK: - Gathered from all workers

    /// Answers with a table that is made and encoded on another thread: a pooler has tens of thousands of connections.
    private mutating func gather(
        _ slot: Slot<Client>, connections: Bool, _ table: @escaping @Sendable (Snapshot) -> ShowTable
    ) {
        let (mailbox, client, reporters) = (shared.mailboxes[Int(id.rawValue)], clients[slot].id, shared.reporters)
        clients[slot].phase = .consoleWaiting
        let gathering = Gathering(workerCount: shared.mailboxes.count, wantsConnections: connections) { snapshot in
            let answer: @Sendable () -> Void = {
                var writer = WireWriter()
                AdminReply.table(table(snapshot)).encode(into: &writer)
                mailbox.post(.consoleAnswer(client, writer.bytes))
            }
            if !reporters.submit(isUrgent: true, answer) { answer() }
        }
        shared.postToAll(.gather(gathering))
    }

    private mutating func gatherSockets(
        _ slot: Slot<Client>, _ table: @escaping @Sendable ([SocketRow]) -> ShowTable
    ) {
        let port = live.settings.listenPort
        gather(slot, connections: true) { table($0.socketRows(unixPort: port)) }
    }

    private mutating func gatherLists(_ slot: Slot<Client>) {
        let shared = shared
        let users = userRows().count
        gather(slot, connections: true) { part in
            var counts = ListCounts()
            counts.users = users
            shared.read { book in
                counts.databases = book.databases.count + 1
                counts.pools = book.sortedPools.count
            }
            counts.peers = shared.live.file.peers.count
            counts.loginClients = part.loggingIn
            counts.usedClients = part.connections.count { !$0.state.isServer }
            counts.usedServers = part.connections.count { $0.state.isServer }
            counts.dnsNames = shared.resolver.known().count
            return .lists(counts)
        }
    }

    private mutating func gatherStats(
        _ slot: Slot<Client>, _ table: @escaping @Sendable ([StatsRow]) -> ShowTable
    ) {
        let (shared, now) = (shared, now)
        gather(slot, connections: false) { part in
            table(
                shared.databaseStats(part).map { entry in
                    StatsRow(
                        database: entry.database, totals: entry.totals,
                        averages: shared.statistics.withLock { $0.averages(of: entry, at: now) })
                })
        }
    }

    private mutating func gatherTotals(_ slot: Slot<Client>) {
        let (shared, now) = (shared, now)
        gather(slot, connections: false) { part in
            let stats = shared.databaseStats(part)
            var totals = PoolStats()
            for entry in stats { totals += entry.totals }
            return .totals(totals, averages: shared.statistics.withLock { $0.averages(of: stats, at: now) })
        }
    }

    // MARK: - Known to the pools

    private func configRows() -> [ConfigRow] {
        live.settings.configRows.map {
            ConfigRow(key: $0.key, value: $0.value, defaultValue: $0.defaultValue, isChangeable: $0.isChangeable)
        }
    }

    private func databaseRows() -> [DatabaseRow] {
        let live = live
        let consoleClients = shared.read { $0.group.counts(of: $0.console)?.clientConnections ?? 0 }
        let rows = shared.read { book in
            book.sortedDatabases.map { record in
                let entry = record.entry
                let counts = book.group.counts(of: record.id)
                let limits = live.limits(of: entry)
                var row = DatabaseRow(
                    name: record.name, host: entry.hostText, port: entry.port, serverDatabase: entry.dbname)
                row.forceUser = entry.user
                row.poolSize = entry.poolSize ?? live.settings.defaultPoolSize
                row.minimumPoolSize = entry.minPoolSize ?? live.settings.minPoolSize
                row.reservePoolSize = entry.reservePoolSize ?? live.settings.reservePoolSize
                row.serverLifetime = (entry.serverLifetime ?? live.settings.serverLifetime).seconds
                row.poolMode = entry.poolMode?.rawValue
                row.loadBalanceHosts = entry.hasHostList ? entry.loadBalanceHosts.rawValue : nil
                row.maximumConnections = limits.maxConnections
                row.maximumClientConnections = limits.maxClientConnections
                row.currentConnections = counts?.connections ?? 0
                row.currentClientConnections = counts?.clientConnections ?? 0
                row.isPaused = book.group.isPaused(record.id)
                row.isDisabled = book.group.isDisabled(record.id)
                return row
            }
        }
        var console = DatabaseRow(
            name: ConsoleState.databaseName, host: nil, port: live.settings.listenPort,
            serverDatabase: ConsoleState.databaseName)
        console.forceUser = ConsoleState.databaseName
        console.poolSize = 2
        console.poolMode = PoolMode.statement.rawValue
        console.serverLifetime = live.settings.serverLifetime.seconds
        console.maximumConnections = live.settings.maxDbConnections
        console.maximumClientConnections = live.settings.maxDbClientConnections
        console.currentClientConnections = consoleClients
        let index = rows.firstIndex { $0.name > console.name } ?? rows.count
        return Array(rows[..<index]) + [console] + Array(rows[index...])
    }

    private func userRows() -> [UserRow] {
        let live = live
        var rows = shared.read { book in
            book.sortedUsers.map { record in
                let own = live.file.user(named: record.name)
                let counts = book.group.counts(of: record.id)
                let limits = live.limits(ofUser: record.name)
                var row = UserRow(name: record.name)
                row.poolSize = own?.poolSize
                row.reservePoolSize = own?.reservePoolSize
                row.poolMode = own?.poolMode?.rawValue
                row.maximumConnections = limits.maxConnections
                row.maximumClientConnections = limits.maxClientConnections
                row.currentConnections = counts.connections
                row.currentClientConnections = counts.clientConnections
                return row
            }
        }
        // PgBouncer lists the console's own user, and those under which `auth_query` runs for one database.
        let known = Set(rows.map(\.name))
        let others = Set(live.file.databases.compactMap(\.authUser) + [ConsoleState.databaseName]).subtracting(known)
        for name in others {
            let limits = live.limits(ofUser: name)
            var row = UserRow(name: name)
            row.maximumConnections = limits.maxConnections
            row.maximumClientConnections = limits.maxClientConnections
            rows.append(row)
        }
        return rows.sorted { $0.name < $1.name }
    }

    private func poolRows() -> [PoolRow] {
        let (live, now) = (live, now)
        let rows = shared.read { book in
            book.sortedPools.compactMap { record -> PoolRow? in
                guard let counts = book.group.counts(of: record.id) else { return nil }
                let entry = record.database.entry
                var row = PoolRow(
                    database: record.database.name, user: record.user.name,
                    poolMode: live.poolMode(database: entry.poolMode, user: record.user.name).rawValue)
                row.clientsActive = counts.clActive
                row.clientsWaiting = counts.clWaiting
                row.clientsActiveCancelRequest = counts.clActiveCancelReq
                row.clientsWaitingCancelRequest = counts.clWaitingCancelReq
                row.serversActive = counts.svActive
                row.serversActiveCancel = counts.svActiveCancel
                row.serversBeingCanceled = counts.svBeingCanceled
                row.serversIdle = counts.svIdle
                row.serversUsed = counts.svUsed
                row.serversTested = counts.svTested
                row.serversLogin = counts.svLogin
                row.maximumWaitMicroseconds =
                    counts.waitingSince.map {
                        UInt64(max(0, now.microseconds(since: $0)))
                    } ?? 0
                row.loadBalanceHosts = entry.hasHostList ? entry.loadBalanceHosts.rawValue : nil
                return row
            }
        }
        var console = PoolRow(
            database: ConsoleState.databaseName, user: ConsoleState.databaseName,
            poolMode: PoolMode.statement.rawValue)
        console.clientsActive = shared.read { $0.group.counts(of: $0.console)?.clientConnections ?? 0 }
        return rows + [console]
    }

    /// What this worker keeps; every worker keeps about the same.
    private func memoryRows() -> [MemRow] {
        [
            MemRow(
                name: "client_cache", size: MemoryLayout<Client>.stride, used: clients.count,
                free: clients.slotCount - clients.count),
            MemRow(
                name: "server_cache", size: MemoryLayout<Server>.stride, used: servers.count,
                free: servers.slotCount - servers.count),
        ]
    }
}
