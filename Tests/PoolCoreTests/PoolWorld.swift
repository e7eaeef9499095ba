import MonotonicTime
import PoolCore

/// What is outside the pool group: servers, clients and records of them, kept independently of the group's own.
///
/// Every action is compared with these records, and each contradiction is added to `violations`.
struct PoolWorld {
    enum ServerPhase: Equatable {
        case connecting, idle
        case linked(UInt64)
        case testing, canceling, closing
    }

    struct Server {
        var id: ServerID
        var pool: Int
        var worker: UInt16
        var phase: ServerPhase
        var since: Instant
        var launchedAt: Instant
        var isDirty = false
        var sentCancels = 0
        /// Released under `server_check_delay = 0` and not checked yet.
        var needsCheck = false
    }

    enum ClientPhase: Equatable { case idle, waiting, welcoming, linked }

    struct Client {
        var id: UInt64
        var pool: Int
        var worker: UInt16
        var phase: ClientPhase
        var since: Instant
        var wasNotified = false
    }

    struct Cancel {
        var id: UInt64
        var pool: Int
        var target: ServerID
        var phase: String
        var since: Instant
    }

    struct Pool {
        var id: PoolID
        var database: Int
        var user: Int
        var limits: PoolLimits
        /// Clients that wait for a server, in the order in which they must get one.
        var queue: [UInt64] = []
        var welcomes: [UInt64] = []
        /// Free servers, the latest released last.
        var free: [UInt64] = []
        var failing = false
        var lastLaunch = Instant(nanoseconds: .min / 4)
        var lastAge = Instant(nanoseconds: .min / 4)
        /// The last refusal may be tried again for the next client.
        var mayRetryNow = false
        var isStandby = false
    }

    var servers: [UInt64: Server] = [:]
    var clients: [UInt64: Client] = [:]
    var cancels: [UInt64: Cancel] = [:]
    var pools: [Pool] = []
    var databaseLimit: [Int] = []
    var userLimit: [Int] = []
    var pausedDatabases: Set<Int> = []
    var isPausedWhole = false
    var violations: [String] = []

    func isPaused(_ pool: Int) -> Bool { isPausedWhole || pausedDatabases.contains(pools[pool].database) }
    func poolIndex(_ id: PoolID) -> Int { pools.firstIndex { $0.id == id } ?? -1 }

    func count(_ pool: Int, _ matches: (Server) -> Bool) -> Int {
        servers.values.reduce(0) { $0 + ($1.pool == pool && matches($1) ? 1 : 0) }
    }
    func count(database: Int) -> Int { servers.values.reduce(0) { $0 + (pools[$1.pool].database == database ? 1 : 0) } }
    func count(user: Int) -> Int { servers.values.reduce(0) { $0 + (pools[$1.pool].user == user ? 1 : 0) } }

    func isDatabaseFull(_ pool: Int) -> Bool {
        let (database, most) = (pools[pool].database, databaseLimit[pools[pool].database])
        return most > 0 && count(database: database) >= most
    }
    func isUserFull(_ pool: Int) -> Bool {
        let (user, most) = (pools[pool].user, userLimit[pools[pool].user])
        return most > 0 && count(user: user) >= most
    }

    mutating func blame(_ text: String) { violations.append(text) }

    // MARK: Actions

    mutating func perform(_ action: PoolGroup.Action, at now: Instant) {
        switch action {
        case .connect(let server, let pool, let worker, let fromReserve):
            connect(server, pool, worker, fromReserve, at: now)
        case .link(let client, let worker, let server, let home): link(client, worker, server, home, at: now)
        case .welcome(let client, let worker):
            guard var record = clients[client.rawValue], record.phase == .welcoming else {
                return blame("welcomed \(client) who does not log in")
            }
            if record.worker != worker.rawValue { blame("welcomed at the wrong worker") }
            record.phase = .idle
            clients[client.rawValue] = record
            pools[record.pool].welcomes.removeAll { $0 == client.rawValue }
        case .reject(let client, _, let reason): reject(client, reason, at: now)
        case .notifyQueued(let client, _):
            guard let record = clients[client.rawValue], record.phase == .waiting, !record.wasNotified else {
                return blame("notified \(client) without need")
            }
            if let delay = pools[record.pool].limits.waitNotify, record.since + delay > now { blame("notified early") }
            clients[client.rawValue]?.wasNotified = true
        case .reset(let server, let worker):
            expect(server, worker, [.testing, .idle], "reset")
            for pool in pools.indices { pools[pool].free.removeAll { $0 == server.rawValue } }
            servers[server.rawValue]?.phase = .testing
            servers[server.rawValue]?.since = now
        case .check(let server, let worker): check(server, worker, at: now)
        case .close(let server, let worker, let reason): close(server, worker, reason, at: now)
        case .openCancel(let cancel, _, _):
            guard let record = cancels[cancel.rawValue], record.phase == "queued" else {
                return blame("opened \(cancel) twice")
            }
            cancels[cancel.rawValue]?.phase = "open"
            let size = pools[record.pool].limits.size
            let open = cancels.values.filter { $0.pool == record.pool && $0.phase != "queued" }.count
            if size > 0, open > size { blame("more cancel requests at once than the pool has servers") }
        case .sendCancel(let cancel, let target, _):
            guard cancels[cancel.rawValue]?.phase == "open", case .linked? = servers[target.rawValue]?.phase else {
                return blame("sent \(cancel) to a server that runs no query")
            }
            cancels[cancel.rawValue]?.phase = "sent"
            servers[target.rawValue]?.sentCancels += 1
        case .rejectCancel(let cancel, _, let reason):
            guard let record = cancels.removeValue(forKey: cancel.rawValue) else { return blame("no such \(cancel)") }
            if record.phase == "sent" { blame("rejected a request that was sent") }
            if reason == .cancelWaitTimeout, let delay = pools[record.pool].limits.cancelWaitTimeout,
                record.since + delay > now
            {
                blame("cancel request timed out early")
            }
        case .pauseDone(nil): if !servers.isEmpty { blame("PAUSE answered with \(servers.count) servers") }
        case .waitCloseDone(nil): if servers.values.contains(where: \.isDirty) { blame("WAIT_CLOSE answered early") }
        case .pauseDone, .pauseEnded, .waitCloseDone, .shutdownDone, .poolRemoved, .databaseRemoved, .userRemoved: break
        }
    }

    private mutating func expect(_ id: ServerID, _ worker: WorkerID, _ phases: [ServerPhase], _ verb: String) {
        guard let server = servers[id.rawValue] else { return blame("\(verb) \(id) that does not exist") }
        if !phases.contains(server.phase) { blame("\(verb) \(id) that is \(server.phase)") }
        if server.worker != worker.rawValue { blame("\(verb) \(id) at the wrong worker") }
    }

    private mutating func connect(
        _ id: ServerID, _ poolID: PoolID, _ worker: WorkerID, _ fromReserve: Bool, at now: Instant
    ) {
        let pool = poolIndex(poolID)
        if servers[id.rawValue] != nil { blame("\(id) used twice") }
        if isPaused(pool) { blame("connects in a paused pool") }
        if isDatabaseFull(pool) { blame("max_db_connections exceeded") }
        if isUserFull(pool) { blame("max_user_connections exceeded") }
        let limits = pools[pool].limits
        let there = count(pool) { _ in true }
        if limits.size > 0 {
            if !fromReserve, there >= limits.size, !isExtra(pool, there) { blame("pool_size exceeded: \(there)") }
            if fromReserve {
                if there < limits.size { blame("took from the reserve although the pool is not full") }
                if there >= limits.size + limits.reserveSize { blame("reserve_pool_size exceeded") }
                let head = pools[pool].queue.first.flatMap { clients[$0] }
                guard let head, let delay = limits.reserveTimeout, head.since + delay <= now else {
                    blame("opened the reserve although no client waited that long")
                    return
                }
            }
        }
        let connecting = count(pool) { $0.phase == .connecting }
        if pools[pool].failing {
            if connecting > 0 { blame("more than one attempt while they fail") }
            if pools[pool].lastLaunch + limits.loginRetry > now, !pools[pool].mayRetryNow {
                blame("server_login_retry not kept")
            }
        }
        let testing = count(pool) { $0.phase == .testing }
        let connected = count(pool) { $0.phase != .connecting && $0.phase != .closing }
        let isWanted = pools[pool].queue.count > connecting + testing
        let isWelcome = !pools[pool].welcomes.isEmpty && connecting == 0
        let isMinimum = connected + connecting < limits.minSize
        if !isWanted, !isWelcome, !isMinimum { blame("connects for no client") }
        pools[pool].lastLaunch = now
        pools[pool].mayRetryNow = false
        servers[id.rawValue] = Server(
            id: id, pool: pool, worker: worker.rawValue, phase: .connecting, since: now, launchedAt: now)
    }

    /// One more than `pool_size`, for clients that log in while all other servers are in use and marked for closing.
    private func isExtra(_ pool: Int, _ there: Int) -> Bool {
        !pools[pool].welcomes.isEmpty
            && servers.values.allSatisfy { $0.pool != pool || $0.isDirty && $0.phase != .closing }
    }

    private mutating func link(
        _ clientID: ClientID, _ worker: WorkerID, _ id: ServerID, _ home: WorkerID, at now: Instant
    ) {
        expect(id, home, [.idle], "linked")
        guard let server = servers[id.rawValue], let client = clients[clientID.rawValue] else {
            return blame("linked a stranger")
        }
        let pool = server.pool
        if client.pool != pool { blame("linked across pools") }
        if client.phase != .waiting { blame("linked \(clientID) who is \(client.phase)") }
        if client.worker != worker.rawValue { blame("linked at the wrong worker") }
        if !isInTurn(clientID.rawValue, pool, home: server.worker) { blame("\(clientID) was served out of turn") }
        if isPaused(pool) { blame("linked in a paused pool") }
        if server.isDirty { blame("linked a server that is marked for closing") }
        if server.sentCancels > 0 { blame("linked a server that a cancel request may hit") }
        if let expected = choice(pool, worker.rawValue, at: now), expected != id.rawValue {
            blame("linked \(id.rawValue) instead of \(expected)")
        }
        pools[pool].queue.removeAll { $0 == clientID.rawValue }
        pools[pool].free.removeAll { $0 == id.rawValue }
        clients[clientID.rawValue]?.phase = .linked
        servers[id.rawValue]?.phase = .linked(clientID.rawValue)
        servers[id.rawValue]?.worker = worker.rawValue
    }

    /// The longest-waiting client; or that of the worker that has the server, if it waits less than 10 ms shorter.
    private func isInTurn(_ client: UInt64, _ pool: Int, home: UInt16) -> Bool {
        let queue = pools[pool].queue
        guard let head = queue.first, head != client else { return queue.first == client }
        let near = queue.first { clients[$0]?.worker == home }
        guard near == client, let since = clients[client]?.since, let headSince = clients[head]?.since else {
            return false
        }
        return since < headSince + .milliseconds(10)
    }

    /// The free server that should be used next for a client of `worker`; `nil` if none is fresh enough.
    private func choice(_ pool: Int, _ worker: UInt16, at now: Instant) -> UInt64? {
        let fresh = pools[pool].free.filter { isFresh($0, at: now) }
        if pools[pool].limits.roundRobin { return fresh.first }
        return fresh.last { servers[$0]?.worker == worker } ?? fresh.last
    }

    func isFresh(_ id: UInt64, at now: Instant) -> Bool {
        guard let server = servers[id], !server.needsCheck else { return false }
        guard let delay = pools[server.pool].limits.checkDelay, delay > .zero else { return true }
        return server.since + delay > now
    }

    private mutating func reject(_ id: ClientID, _ reason: PoolGroup.RejectReason, at now: Instant) {
        guard let client = clients[id.rawValue], client.phase == .waiting || client.phase == .welcoming else {
            return blame("rejected \(id) who does not wait")
        }
        let pool = client.pool
        switch reason {
        case .waitTimeout:
            if let delay = pools[pool].limits.waitTimeout, client.since + delay > now { blame("timed out early") }
        case .loginHasBeenFailing:
            if !pools[pool].failing || isPaused(pool) { blame("failed fast without a reason") }
            if count(pool, { $0.phase != .connecting && $0.phase != .closing && !$0.isDirty }) > 0 {
                blame("failed fast with servers")
            }
        case .loginFailed: if !pools[pool].failing { blame("log-in failed without a failure") }
        case .queryTimeout, .shuttingDown, .databaseRemoved: break
        }
        forget(id.rawValue)
    }

    mutating func forget(_ client: UInt64) {
        guard let record = clients.removeValue(forKey: client) else { return }
        pools[record.pool].queue.removeAll { $0 == client }
        pools[record.pool].welcomes.removeAll { $0 == client }
    }

    private mutating func check(_ id: ServerID, _ worker: WorkerID, at now: Instant) {
        expect(id, worker, [.idle], "checked")
        guard let server = servers[id.rawValue] else { return }
        let isForWelcome = pools[server.pool].isStandby && !pools[server.pool].welcomes.isEmpty
        if isFresh(id.rawValue, at: now), !isForWelcome { blame("checked a fresh server") }
        if pools[server.pool].queue.isEmpty, !isForWelcome { blame("checked a server for no client") }
        pools[server.pool].free.removeAll { $0 == id.rawValue }
        servers[id.rawValue]?.phase = .testing
        servers[id.rawValue]?.since = now
    }

    private mutating func close(
        _ id: ServerID, _ worker: WorkerID, _ reason: PoolGroup.CloseReason, at now: Instant
    ) {
        guard let server = servers[id.rawValue], server.phase != .closing else { return blame("closed \(id) twice") }
        if server.worker != worker.rawValue { blame("closed at the wrong worker") }
        let limits = pools[server.pool].limits
        switch reason {
        case .idleTimeout:
            guard server.phase == .idle || server.phase == .testing else {
                return blame("idle time-out of a busy server")
            }
            if let delay = limits.serverIdleTimeout, server.since + delay > now { blame("idle time-out too early") }
            if server.phase == .idle,
                count(server.pool, { $0.phase != .connecting && $0.phase != .closing }) <= limits.minSize
            {
                blame("min_pool_size not kept")
            }
        case .lifetimeOver:
            if server.launchedAt + limits.serverLifetime > now { blame("closed for age too early") }
            let gap = limits.size > 0 ? limits.serverLifetime / limits.size : .zero
            if pools[server.pool].lastAge + gap > now { blame("closed for age too soon after another") }
            pools[server.pool].lastAge = now
        case .evicted:
            if server.phase != .idle { blame("evicted a server that is \(server.phase)") }
            if databaseLimit[pools[server.pool].database] == 0, userLimit[pools[server.pool].user] == 0 {
                blame("evicted without a limit")
            }
        case .connectTimeout:
            if let delay = limits.connectTimeout, server.launchedAt + delay > now {
                blame("connect time-out too early")
            }
            pools[server.pool].failing = true
        case .configurationChanged, .closeNeeded, .connectStringChanged:
            if !server.isDirty { blame("\(id) is not marked for closing") }
        case .paused: if !isPaused(server.pool) { blame("closed for a pause that is not") }
        case .databaseRemoved, .tooManyServers: break
        }
        if case .linked(let client) = server.phase {
            if reason != .databaseRemoved { blame("closed a server in use: \(reason)") }
            forget(client)
        }
        pools[server.pool].free.removeAll { $0 == id.rawValue }
        servers[id.rawValue]?.phase = .closing
    }
}
