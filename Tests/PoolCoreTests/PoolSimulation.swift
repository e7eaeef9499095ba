import MonotonicTime
import PoolCore
import SeededChance

/// A pool group, the world around it, a clock and a source of chance.
struct PoolSimulation {
    var group: PoolGroup
    var world = PoolWorld()
    var now = Instant(nanoseconds: 1_000_000_000_000)
    var databases: [DatabaseID] = []
    var users: [UserID] = []
    var random: SplitMix64
    var nextClient: UInt64 = 1_000
    let workers: UInt16
    var trace: [String] = []
    /// For actions that no test looks at.
    var sink: [PoolGroup.Action] = []

    init(seed: UInt64 = 0, workers: UInt16 = 1) {
        group = PoolGroup(workerCount: Int(workers))
        random = SplitMix64(seed: seed)
        self.workers = workers
    }

    mutating func addDatabase(max: Int = 0) -> Int {
        databases.append(group.addDatabase(DatabaseLimits(maxConnections: max)))
        world.databaseLimit.append(max)
        return databases.count - 1
    }

    mutating func addUser(max: Int = 0) -> Int {
        users.append(group.addUser(UserLimits(maxConnections: max)))
        world.userLimit.append(max)
        return users.count - 1
    }

    @discardableResult
    mutating func addPool(_ database: Int, _ user: Int, _ limits: PoolLimits) -> Int {
        var actions: [PoolGroup.Action] = []
        let id = group.pool(
            database: databases[database], user: users[user], limits: limits, at: now, into: &actions)
        guard let id else {
            world.blame("no pool")
            return -1
        }
        world.pools.append(PoolWorld.Pool(id: id, database: database, user: user, limits: limits))
        perform(actions)
        return world.pools.count - 1
    }

    // MARK: Events

    @discardableResult
    mutating func send(_ event: PoolGroup.Event) -> [PoolGroup.Action] {
        var actions: [PoolGroup.Action] = []
        trace.append("\(now.nanoseconds) \(event)")
        group.handle(event, at: now, into: &actions)
        perform(actions)
        return actions
    }

    private mutating func perform(_ actions: [PoolGroup.Action]) {
        for action in actions {
            trace.append("    \(action)")
            world.perform(action, at: now)
        }
        checkRest()
    }

    /// A client of the pool waits; the number of the new client is `client`.
    @discardableResult
    mutating func wait(
        _ client: UInt64, _ pool: Int, worker: UInt16 = 0, for purpose: PoolGroup.WaitPurpose = .server,
        atFront: Bool = false
    ) -> [PoolGroup.Action] {
        // A client that goes to the front has waited before.
        let head = world.pools[pool].queue.first.flatMap { world.clients[$0]?.since }
        let since = atFront ? min(now, head ?? now) : now
        world.clients[client] = PoolWorld.Client(
            id: client, pool: pool, worker: worker, phase: purpose == .welcome ? .welcoming : .waiting, since: since)
        if purpose == .welcome {
            world.pools[pool].welcomes.append(client)
        } else if atFront {
            world.pools[pool].queue.insert(client, at: 0)
        } else {
            world.pools[pool].queue.append(client)
        }
        return send(
            .clientWaits(
                ClientID(rawValue: client), world.pools[pool].id, worker: WorkerID(rawValue: worker), for: purpose,
                since: since, atFront: atFront))
    }

    @discardableResult
    mutating func leave(_ client: UInt64) -> [PoolGroup.Action] {
        world.forget(client)
        return send(.clientLeft(ClientID(rawValue: client)))
    }

    @discardableResult
    mutating func logIn(_ server: UInt64) -> [PoolGroup.Action] {
        guard let record = world.servers[server] else { return [] }
        world.pools[record.pool].failing = false
        world.pools[record.pool].mayRetryNow = false
        free(server)
        return send(.serverLoggedIn(record.id))
    }

    /// The server's client is done with it, clean.
    @discardableResult
    mutating func release(_ server: UInt64, reset: Bool = false) -> [PoolGroup.Action] {
        guard let record = world.servers[server] else { return [] }
        if case .linked(let client) = record.phase { world.clients[client]?.phase = .idle }
        if record.sentCancels > 0 {
            world.servers[server]?.phase = .canceling
        } else if reset {
            world.servers[server]?.phase = .testing
            world.servers[server]?.since = now
        } else {
            free(server)
        }
        world.servers[server]?.needsCheck = world.pools[record.pool].limits.checkDelay == .zero
        return send(reset ? .serverNeedsReset(record.id) : .serverReleased(record.id))
    }

    @discardableResult
    mutating func ready(_ server: UInt64) -> [PoolGroup.Action] {
        guard let record = world.servers[server] else { return [] }
        world.servers[server]?.needsCheck = false
        free(server)
        return send(.serverReady(record.id))
    }

    private mutating func free(_ server: UInt64) {
        guard let record = world.servers[server] else { return }
        world.servers[server]?.phase = .idle
        world.servers[server]?.since = now
        world.pools[record.pool].free.append(server)
    }

    @discardableResult
    mutating func lose(_ server: UInt64, _ failure: PoolGroup.ConnectFailure? = nil) -> [PoolGroup.Action] {
        guard let record = world.servers.removeValue(forKey: server) else { return [] }
        world.pools[record.pool].free.removeAll { $0 == server }
        if record.phase == .connecting {
            world.pools[record.pool].failing = true
            world.pools[record.pool].mayRetryNow = failure == .login(failWaiters: true, isRemembered: false)
        }
        if case .linked(let client) = record.phase { world.forget(client) }
        return send(failure.map { .connectFailed(record.id, $0) } ?? .serverLost(record.id))
    }

    @discardableResult
    mutating func cancel(_ id: UInt64, _ server: UInt64) -> [PoolGroup.Action] {
        guard let record = world.servers[server] else { return [] }
        world.cancels[id] = PoolWorld.Cancel(
            id: id, pool: record.pool, target: record.id, phase: "queued", since: now)
        return send(.cancelRequested(CancelID(rawValue: id), target: record.id, worker: WorkerID(rawValue: 0)))
    }

    @discardableResult
    mutating func finishCancel(_ id: UInt64) -> [PoolGroup.Action] {
        guard let record = world.cancels.removeValue(forKey: id) else { return [] }
        if record.phase == "sent", let server = world.servers[record.target.rawValue] {
            world.servers[record.target.rawValue]?.sentCancels -= 1
            if server.sentCancels == 1, server.phase == .canceling { free(record.target.rawValue) }
        }
        return send(.cancelFinished(CancelID(rawValue: id)))
    }

    @discardableResult
    mutating func pause(_ database: Int?) -> [PoolGroup.Action] {
        if let database { world.pausedDatabases.insert(database) } else { world.isPausedWhole = true }
        return send(.pause(database.map { databases[$0] }))
    }

    @discardableResult
    mutating func resume(_ database: Int?) -> [PoolGroup.Action] {
        if let database { world.pausedDatabases.remove(database) } else { world.isPausedWhole = false }
        return send(.resume(database.map { databases[$0] }))
    }

    @discardableResult
    mutating func reconnect(_ database: Int?) -> [PoolGroup.Action] {
        for id in world.servers.keys {
            guard let server = world.servers[id] else { continue }
            if database == nil || world.pools[server.pool].database == database { world.servers[id]?.isDirty = true }
        }
        return send(.reconnect(database.map { databases[$0] }))
    }

    mutating func setStandby(_ pool: Int, _ isStandby: Bool) {
        world.pools[pool].isStandby = isStandby
        group.setStandby(isStandby, of: world.pools[pool].id)
    }

    @discardableResult
    mutating func kill(_ database: Int) -> [PoolGroup.Action] {
        world.pausedDatabases.insert(database)
        return send(.kill(databases[database]))
    }

    /// Moves the clock, waking the group at each deadline on the way, exactly as a driver's timer would.
    @discardableResult
    mutating func advance(by duration: Duration) -> [PoolGroup.Action] {
        let end = now.advanced(by: duration)
        var all: [PoolGroup.Action] = []
        var wakeUps = 0
        while let deadline = group.nextDeadline, deadline <= end {
            now = max(now, deadline)
            all += send(.timePassed)
            wakeUps += 1
            if let next = group.nextDeadline, next <= now || wakeUps > 20_000 {
                world.blame("a driver would spin on \(deadline)")
                break
            }
        }
        now = end
        return all
    }
}
