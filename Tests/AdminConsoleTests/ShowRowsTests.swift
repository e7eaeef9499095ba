import AdminConsole
import PoolerStats
import Testing

/// Where a cell is not simply a number, what PgBouncer 1.25.2 showed in the same place.
@Suite("Rows of SHOW")
struct ShowRowsTests {
    private func socket(_ state: SocketState, id: UInt64 = 1) -> SocketRow {
        SocketRow(
            state: state, user: "u", database: "d", address: "127.0.0.1", port: 46_988, localAddress: "127.0.0.2",
            localPort: 16_999, connectTime: 1_795_265_385, requestTime: 1_795_265_386, pointer: 0x560f_5ed9_9ac0,
            id: id)
    }

    private func states(_ table: ShowTable) -> [String?] { table.rows.map { $0[4] } }
    private func ids(_ table: ShowTable) -> [String?] { table.rows.map { $0[20] } }

    @Test func aClientRow() {
        var client = socket(.clientActive)
        client.waitMicroseconds = 3_000_153
        client.applicationName = "psql"
        client.link = 0xAB
        client.closeNeeded = true
        client.tls = "TLSv1.3/TLS_AES_256_GCM_SHA384"
        client.preparedStatements = 4
        client.remotePID = 77
        client.replication = .logical
        #expect(
            ShowTable.clients([client]).rows == [
                [
                    "C", "u", "d", "logical", "active", "127.0.0.1", "46988", "127.0.0.2", "16999",
                    "2026-11-21 12:49:45 UTC", "2026-11-21 12:49:46 UTC", "3", "153", "1", "0x560f5ed99ac0", "0xab",
                    "77", "TLSv1.3/TLS_AES_256_GCM_SHA384", "psql", "4", "1",
                ]
            ])
    }

    @Test func unknownValuesHaveAWordAndAreNeverNull() {
        var server = socket(.serverLogin)
        server.user = nil
        server.database = nil
        let row = ShowTable.servers([server]).rows[0]
        #expect(row[0...4] == ["S", "(nouser)", "(nodb)", "none", "new"])
        #expect(row[15...18] == ["", "0", "", ""])
        #expect(!row.contains(nil))
    }

    private var oneOfEach: [SocketRow] {
        SocketState.allCases.enumerated().map { index, state in
            var row = socket(state, id: UInt64(index))
            row.link = index.isMultiple(of: 2) ? 1 : nil
            return row
        }
    }

    @Test func clientsAndServersAreDistinguished() {
        #expect(
            states(.clients(oneOfEach)) == ["active", "waiting", "active_cancel_req", "waiting_cancel_req"])
        #expect(
            states(.servers(oneOfEach)) == [
                "active", "idle", "used", "tested", "new", "active_cancel", "being_canceled",
            ])
    }

    @Test func onlyTheLinkedAreActive() {
        var (idle, busy) = (socket(.clientActive), socket(.clientActive))
        busy.link = 2
        #expect(states(.clients([idle, busy])) == ["idle", "active"])
        (idle.state, busy.state) = (.serverActive, .serverActive)
        #expect(states(.servers([idle, busy])) == ["idle", "active"])
        #expect(states(.sockets([idle, busy])) == ["sv_active", "sv_active"])
    }

    @Test func socketsAreClientsAndServersWithoutCancelRequests() {
        #expect(
            states(.sockets(oneOfEach)) == [
                "cl_active", "cl_waiting", "sv_active", "sv_idle", "sv_used", "sv_tested", "sv_login", "cl_login",
            ])
    }

    @Test func activeSocketsHoldSomething() {
        var rows = (0..<5).map { socket(.clientActive, id: UInt64($0)) }
        rows[1].buffer.packetRemaining = 1
        rows[2].buffer.packetAvailable = 1
        rows[3].buffer.sendAvailable = 1
        rows[4].buffer.receivePosition = 9  // read and sent
        #expect(ids(.activeSockets(rows)) == ["1", "2", "3"])
    }

    @Test func aBuffer() {
        var row = socket(.serverIdle)
        row.buffer.receivePosition = 1
        row.buffer.packetPosition = 2
        row.buffer.packetRemaining = 3
        row.buffer.sendPosition = 4
        row.buffer.packetAvailable = 6
        row.buffer.sendAvailable = 7
        #expect(ShowTable.sockets([row]).rows[0][21...] == ["1", "2", "3", "4", "0", "6", "7"])
    }

    @Test func databases() {
        var odd = DatabaseRow(name: "odd", host: "127.0.0.1,127.0.0.2", port: 1, serverDatabase: "x")
        odd.poolSize = 20
        odd.serverLifetime = 3_600
        odd.loadBalanceHosts = "round-robin"
        var console = DatabaseRow(name: "pgbouncer", host: nil, port: 16_999, serverDatabase: "pgbouncer")
        console.forceUser = "pgbouncer"
        console.poolMode = "statement"
        console.poolSize = 2
        console.serverLifetime = 3_600
        console.currentClientConnections = 1
        console.isPaused = true
        #expect(
            ShowTable.databases([odd, console]).rows == [
                [
                    "odd", "127.0.0.1,127.0.0.2", "1", "x", nil, "20", "0", "0", "3600", nil, "round-robin", "0", "0",
                    "0", "0", "0", "0",
                ],
                [
                    "pgbouncer", nil, "16999", "pgbouncer", "pgbouncer", "2", "0", "0", "3600", "statement", nil, "0",
                    "0", "0", "1", "1", "0",
                ],
            ])
    }

    @Test func pools() {
        var pool = PoolRow(database: "d", user: "u", poolMode: "session")
        pool.clientsActive = 1
        pool.clientsWaiting = 2
        pool.clientsActiveCancelRequest = 3
        pool.clientsWaitingCancelRequest = 4
        pool.serversActive = 5
        pool.serversActiveCancel = 6
        pool.serversBeingCanceled = 7
        pool.serversIdle = 8
        pool.serversUsed = 9
        pool.serversTested = 10
        pool.serversLogin = 11
        pool.maximumWaitMicroseconds = 12_000_013
        let cells = ["d", "u"] + (1...13).map(String.init) + ["session"]
        #expect(ShowTable.pools([pool]).rows == [cells + [nil]])
        #expect(ShowTable.pools([pool]).columns.count == cells.count + 1)
    }

    @Test func peersAndTheirPools() {
        #expect(
            ShowTable.peers([PeerRow(peerID: 3, host: "h", port: 6_432, poolSize: 20)]).rows == [
                ["3", "h", "6432", "20"]
            ])
        var pool = PeerPoolRow(peerID: 3)
        (pool.clientsActiveCancelRequest, pool.clientsWaitingCancelRequest) = (1, 2)
        (pool.serversActiveCancel, pool.serversLogin) = (4, 5)
        #expect(ShowTable.peerPools([pool]).rows == [["3", "1", "2", "4", "5"]])
    }

    @Test func sizesOfUsersAreTextInNinePlaces() {
        var user = UserRow(name: "u")
        user.poolSize = 7
        user.reservePoolSize = 1_234_567_890
        #expect(ShowTable.users([user]).rows[0][1...2] == ["        7", "1234567890"])
        #expect(ShowTable.users([UserRow(name: "u")]).rows == [["u", "", "", nil, "0", "0", "0", "0"]])
    }

    @Test func lists() {
        var counts = ListCounts()
        (counts.databases, counts.users, counts.peers, counts.pools, counts.peerPools) = (1, 2, 3, 4, 5)
        (counts.freeClients, counts.usedClients, counts.loginClients) = (6, 7, 8)
        (counts.freeServers, counts.usedServers) = (9, 10)
        (counts.dnsNames, counts.dnsZones, counts.dnsQueries, counts.dnsPending) = (11, 12, 13, 14)
        let names = [
            "databases", "users", "peers", "pools", "peer_pools", "free_clients", "used_clients", "login_clients",
            "free_servers", "used_servers", "dns_names", "dns_zones", "dns_queries", "dns_pending",
        ]
        #expect(ShowTable.lists(counts).rows == zip(names, 1...14).map { [$0, String($1)] })
    }

    /// Twelve different numbers, in the order of the columns.
    private func stats(from first: UInt64) -> PoolStats {
        var stats = PoolStats()
        (stats.serverAssignments, stats.transactions, stats.queries) = (first, first + 1, first + 2)
        (stats.bytesReceived, stats.bytesSent) = (first + 3, first + 4)
        (stats.transactionTime, stats.queryTime, stats.waitTime) = (first + 5, first + 6, first + 7)
        (stats.clientParses, stats.serverParses, stats.binds) = (first + 8, first + 9, first + 10)
        stats.clientLogins = first + 11
        return stats
    }

    @Test func statisticsInAllTheirTables() {
        let row = StatsRow(database: "d", totals: stats(from: 100), averages: stats(from: 200))
        let totals = (100...111).map(String.init)
        let averages = (200...211).map(String.init)
        #expect(ShowTable.stats([row]).rows == [["d"] + totals + averages])
        #expect(ShowTable.statsTotals([row]).rows == [["d"] + totals])
        #expect(ShowTable.statsAverages([row]).rows == [["d"] + averages])

        let names = [
            "server_assignment_count", "xact_count", "query_count", "client_bytes", "server_bytes", "xact_time",
            "query_time", "wait_time", "ps_client_parse_count", "ps_server_parse_count", "ps_bind_count",
            "client_login_count",
        ]
        #expect(
            ShowTable.totals(row.totals, averages: row.averages).rows
                == zip(names, totals).map { ["total_" + $0, $1] } + zip(names, averages).map { ["avg_" + $0, $1] })
    }

    @Test func countersUseAllTheirBits() {
        var stats = PoolStats()
        stats.bytesSent = .max
        let row = StatsRow(database: "d", totals: stats, averages: PoolStats())
        #expect(ShowTable.statsTotals([row]).rows[0][5] == "18446744073709551615")
    }

    @Test func theSmallTables() {
        #expect(
            ShowTable.config([
                ConfigRow(key: "verbose", value: "0", defaultValue: nil, isChangeable: true),
                ConfigRow(key: "job_name", value: nil, defaultValue: "pgbouncer", isChangeable: false),
            ]).rows == [["verbose", "0", nil, "yes"], ["job_name", nil, "pgbouncer", "no"]])
        #expect(
            ShowTable.mem([MemRow(name: "user_cache", size: 552, used: 2, free: 48)]).rows == [
                ["user_cache", "552", "2", "48", "27600"]
            ])
        #expect(
            ShowTable.dnsHosts([DNSHostRow(hostname: "h", ttl: 9, addresses: ["127.0.0.1:0", "[::1]:0"])]).rows == [
                ["h", "9", "127.0.0.1:0,[::1]:0"]
            ])
        #expect(
            ShowTable.dnsZones([DNSZoneRow(zonename: "z", serial: .max, count: 1)]).rows == [["z", "4294967295", "1"]])
        #expect(ShowTable.state(.paused).rows == [["active", "no"], ["paused", "yes"], ["suspended", "no"]])
        #expect(ShowTable.state(.suspended).rows == [["active", "no"], ["paused", "no"], ["suspended", "yes"]])
    }

    @Test func descriptors() {
        let listener = FDRow(fd: 7, task: .pooler, address: "127.0.0.1", port: 16_999)
        var client = FDRow(fd: 9, task: .client, address: "unix", port: 6_432)
        (client.user, client.database, client.cancelKey, client.link) = ("u", "d", .max, 10)
        (client.clientEncoding, client.standardConformingStrings) = ("UTF8", "on")
        (client.dateStyle, client.timeZone, client.password) = ("ISO", "GMT", "p")
        (client.scramClientKey, client.scramServerKey) = ([0x00, 0x0F, 0xF0], [])
        #expect(
            ShowTable.fds([listener, client]).rows == [
                ["7", "pooler", nil, nil, "127.0.0.1", "16999", "0", "0", nil, nil, nil, nil, nil, nil, nil],
                [
                    "9", "client", "u", "d", "unix", "6432", "18446744073709551615", "10", "UTF8", "on", "ISO", "GMT",
                    "p", "\\x000ff0", "\\x",
                ],
            ])
    }
}
