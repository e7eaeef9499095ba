import MonotonicTime

/// Servers that are told to close, and servers that are gone.
extension PoolGroup {
    /// Tells a server's home to close it. It counts towards every limit until it is lost.
    mutating func close(_ server: Int32, _ reason: CloseReason, at now: Instant, into actions: inout [Action]) {
        guard servers[server].place != .closing else { return }
        dropUnsentCancels(server, at: now, into: &actions)
        if servers[server].place == .login, reason == .connectTimeout {
            noteFailure(servers[server].pool, wasRefused: false)
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
        forget(server)
        if record.place == .login {
            noteFailure(pool, wasRefused: failure == .login(failWaiters: true))
            // A server that is marked for closing is as good as gone: it helps nobody who waits.
            if failure == .login(failWaiters: true), pools[pool].usable == 0 {
                rejectAll(pool, .loginFailed, into: &actions)
            }
        }
        if pools[pool].isUnused { pools[pool].lastActive = now }
        settle(pool, at: now, into: &actions)
        drain(.database(record.database), at: now, into: &actions)
        drain(.user(record.user), at: now, into: &actions)
        reportGone(record, into: &actions)
        removeIfDead(pool, into: &actions)
    }

    private mutating func noteFailure(_ pool: Int32, wasRefused: Bool) {
        pools[pool].wasRefused = wasRefused
        pools[pool].connectFailed = true
        pools[pool].loginFailed = true
    }

    /// Tells the console what has come to its end with this server.
    private mutating func reportGone(_ record: ServerRecord, into actions: inout [Action]) {
        let name = id(ofDatabase: record.database)
        if databases[record.database].pausePending, databases[record.database].shared.servers == 0 {
            databases[record.database].pausePending = false
            actions.append(.pauseSettled(name))
        }
        if databases[record.database].waitClosePending, databases[record.database].dirty == 0 {
            databases[record.database].waitClosePending = false
            actions.append(.waitCloseSettled(name))
        }
        if pausePending, serverCount == 0 {
            pausePending = false
            actions.append(.pauseSettled(nil))
        }
        if waitClosePending, dirtyCount == 0 {
            waitClosePending = false
            actions.append(.waitCloseSettled(nil))
        }
        reportShutdown(into: &actions)
    }

    mutating func reportShutdown(into actions: inout [Action]) {
        guard shutdownPending, let shutdown else { return }
        guard (shutdown == .waitForServers ? serverCount : admittedClients) == 0 else { return }
        shutdownPending = false
        actions.append(.shutdownSettled)
    }

    /// Marks a server for closing: now if nobody uses it, else when it comes free.
    mutating func markDirty(_ server: Int32, at now: Instant, into actions: inout [Action]) {
        guard !servers[server].isDirty else { return }
        let record = servers[server]
        servers[server].isDirty = true
        databases[record.database].dirty += 1
        dirtyCount += 1
        if record.place.isConnected { pools[record.pool].dirtyConnected += 1 }
        switch record.place {
        case .idle, .used: close(server, .configurationChanged, at: now, into: &actions)
        case .login: close(server, .connectStringChanged, at: now, into: &actions)
        case .gone, .tested, .active, .beingCanceled, .closing: break
        }
    }

    mutating func serverObsolete(_ id: ServerID, at now: Instant, into actions: inout [Action]) {
        guard let server = slot(id) else { return }
        markDirty(server, at: now, into: &actions)
        settle(servers[server].pool, at: now, into: &actions)
    }

    /// Forgets a pool of a removed database once nothing is left in it.
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
        removeDatabaseIfEmpty(record.database, into: &actions)
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
