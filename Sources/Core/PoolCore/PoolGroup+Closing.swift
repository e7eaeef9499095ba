import MonotonicTime

/// Servers that are told to close, and servers that are gone.
///
/// Invariants: `dirty` of a database, `dirtyConnected` of a pool and `dirtyCount` count the servers that are marked for
/// closing; no marked server is idle or used; a pool whose servers are all marked is not `welcomeReady`.
extension PoolGroup {
    /// Tells a server's home to close it. It counts towards every limit until it is lost.
    mutating func close(_ server: Int32, _ reason: CloseReason, at now: Instant, into actions: inout [Action]) {
        guard servers[server].place != .closing else { return }
        dropUnsentCancels(server, at: now, into: &actions)
        if servers[server].place == .login, reason == .connectTimeout {
            noteFailure(servers[server].pool, .network, into: &actions)
        }
        move(server, to: .closing, at: now)
        actions.append(.close(id(ofServer: server), worker: home(of: server), reason))
    }

    /// Closes every server of the pool that is not in use; O(them).
    mutating func closeFree(_ pool: Int32, _ reason: CloseReason, at now: Instant, into actions: inout [Action]) {
        while pools[pool].idle.first >= 0 { close(pools[pool].idle.first, reason, at: now, into: &actions) }
        while pools[pool].used.first >= 0 { close(pools[pool].used.first, reason, at: now, into: &actions) }
        while pools[pool].login.first >= 0 { close(pools[pool].login.first, reason, at: now, into: &actions) }
    }

    mutating func serverGone(
        _ id: ServerID, failure: ConnectFailure, at now: Instant, into actions: inout [Action]
    ) {
        guard let server = slot(id) else { return }
        let record = servers[server]
        let pool = record.pool
        dropUnsentCancels(server, at: now, into: &actions)
        removeRecord(ofServer: server)
        if record.place == .login {
            noteFailure(pool, failure, into: &actions)
        } else if record.place.isConnected, pools[pool].connected == 0 {
            pools[pool].isWelcomeDoubtful = true
        }
        if pools[pool].isUnused { pools[pool].lastActive = now }
        serve(pool, at: now, into: &actions)
        drain(.database(record.database), at: now, into: &actions)
        drain(.user(record.user), at: now, into: &actions)
        reportGone(record, into: &actions)
        removeIfDead(pool, into: &actions)
        updateIdleness(ofDatabase: record.database, at: now, into: &actions)
    }

    private mutating func noteFailure(_ pool: Int32, _ failure: ConnectFailure, into actions: inout [Action]) {
        var (isRefused, isRemembered) = (false, true)
        if case .login(failWaiters: true, let remembered) = failure { (isRefused, isRemembered) = (true, remembered) }
        // A server that is marked for closing will serve no waiting client.
        let isHopeless = pools[pool].usable == 0
        pools[pool].connectFailed = true
        pools[pool].wasRefused = isRefused
        pools[pool].mayRetryNow = isHopeless && !isRemembered
        pools[pool].loginFailed = !pools[pool].mayRetryNow
        if pools[pool].welcomeReady { welcomeAll(pool, into: &actions) }
        guard isHopeless else { return }
        if isRefused { rejectAll(pool, .loginFailed, into: &actions) } else { rejectTentative(pool, into: &actions) }
    }

    /// Reports what the console or a shutdown waited for and this server was the last of.
    private mutating func reportGone(_ record: ServerRecord, into actions: inout [Action]) {
        let name = id(ofDatabase: record.database)
        if databases[record.database].pausePending, databases[record.database].shared.servers == 0 {
            databases[record.database].pausePending = false
            actions.append(.pauseDone(name))
        }
        if databases[record.database].waitClosePending, databases[record.database].dirty == 0 {
            databases[record.database].waitClosePending = false
            actions.append(.waitCloseDone(name))
        }
        if pausePending, serverCount == 0 {
            pausePending = false
            actions.append(.pauseDone(nil))
        }
        if waitClosePending, dirtyCount == 0 {
            waitClosePending = false
            actions.append(.waitCloseDone(nil))
        }
        reportShutdown(into: &actions)
    }

    mutating func reportShutdown(into actions: inout [Action]) {
        guard shutdownPending, let shutdownMode else { return }
        guard (shutdownMode == .waitForServers ? serverCount : admittedClients) == 0 else { return }
        shutdownPending = false
        actions.append(.shutdownDone)
    }

    /// Marks a server for closing: it is closed now if it is not in use, else when it comes free.
    mutating func markDirty(_ server: Int32, at now: Instant, into actions: inout [Action]) {
        guard !servers[server].isDirty else { return }
        let record = servers[server]
        servers[server].isDirty = true
        databases[record.database].dirty += 1
        dirtyCount += 1
        if record.place.isConnected { pools[record.pool].dirtyConnected += 1 }
        if pools[record.pool].usable == 0 { pools[record.pool].welcomeReady = false }
        switch record.place {
        case .idle, .used: close(server, .configurationChanged, at: now, into: &actions)
        case .login: close(server, .connectStringChanged, at: now, into: &actions)
        case .gone, .tested, .active, .beingCanceled, .closing: break
        }
    }

    mutating func serverObsolete(_ id: ServerID, at now: Instant, into actions: inout [Action]) {
        guard let server = slot(id) else { return }
        markDirty(server, at: now, into: &actions)
        serve(servers[server].pool, at: now, into: &actions)
    }

    /// Removes a pool of a removed database once nothing is left in it.
    mutating func removeIfDead(_ pool: Int32, into actions: inout [Action]) {
        guard pools[pool].isAlive, databases[pools[pool].database].isDead, pools[pool].isUnused else { return }
        removePool(pool, into: &actions)
    }

    mutating func removePool(_ pool: Int32, into actions: inout [Action]) {
        let record = pools[pool]
        setUnmet(pool, database: 0, user: 0)
        poolByKey[Self.key(record.database, record.user)] = nil
        actions.append(.poolRemoved(id(ofPool: pool)))
        pools[pool].isAlive = false
        pools[pool].isInDatabaseQueue = false
        pools[pool].isInUserQueue = false
        pools.remove(pool)
        databases[record.database].pools -= 1
        users[record.user].pools -= 1
        removeDatabaseIfEmpty(record.database, into: &actions)
        removeUserIfUnused(record.user, into: &actions)
    }

    mutating func removeDatabaseIfEmpty(_ database: Int32, into actions: inout [Action]) {
        let record = databases[database]
        guard record.isAlive, record.isDead, record.pools == 0, record.clients == 0 else { return }
        actions.append(.databaseRemoved(id(ofDatabase: database)))
        databases[database].isAlive = false
        databases.remove(database)
    }

    static func key(_ database: Int32, _ user: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: database)) << 32 | UInt64(UInt32(bitPattern: user))
    }
}
