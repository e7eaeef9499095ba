import MonotonicTime

/// Opening servers.
///
/// Invariants: a pool has no more servers than `size`, its reserve, and the one more that a log-in may need while all
/// others are marked for closing; `servers` of each shared limit and `serverCount` count them until they are lost.
extension PoolGroup {
    /// Gives the pool's clients the servers there are, and checks or opens those that are missing.
    ///
    /// Always in this order: link, check, connect, fill.
    mutating func serve(_ pool: Int32, at now: Instant, into actions: inout [Action]) {
        guard pools[pool].isAlive else { return }
        if isPaused(pool: pool) {
            closeFree(pool, .paused, at: now, into: &actions)
            if pools[pool].welcomeReady { welcomeAll(pool, into: &actions) }
            setUnmet(pool, database: 0, user: 0)
        } else {
            linkIdle(pool, at: now, into: &actions)
            startChecks(pool, at: now, into: &actions)
            connectForShortage(pool, at: now, into: &actions)
            fillMinimum(pool, at: now, into: &actions)
        }
        rearm(pool, at: now)
    }

    private mutating func linkIdle(_ pool: Int32, at now: Instant, into actions: inout [Action]) {
        while case let first = pools[pool].waiters.first, first >= 0,
            let server = takeIdle(pool, for: waiters[first].worker, at: now)
        {
            let waiter = waiters[first]
            dequeue(first)
            link(waiter, to: server, at: now, into: &actions)
        }
    }

    /// Checks as many used servers as clients wait for; they become idle when the answer is there.
    private mutating func startChecks(_ pool: Int32, at now: Instant, into actions: inout [Action]) {
        while pools[pool].waiters.count > pools[pool].tested.count, case let server = pools[pool].used.first,
            server >= 0
        {
            move(server, to: .tested, at: now)
            actions.append(.check(id(ofServer: server), worker: home(of: server)))
        }
    }

    /// How many servers to open now as far as the pool itself is concerned.
    @inline(__always)
    func wanted(_ pool: Int32, at now: Instant) -> (count: Int, fromReserve: Bool) {
        pools[pool].wanted(firstSince: firstSince(pool), at: now)
    }

    /// Since when the head of the queue for servers waits, or never.
    @inline(__always)
    func firstSince(_ pool: Int32) -> Instant {
        let first = pools[pool].waiters.first
        return first >= 0 ? waiters[first].since : .never
    }

    /// Opens what is wanted and allowed; what a shared limit denies is queued there.
    private mutating func connectForShortage(_ pool: Int32, at now: Instant, into actions: inout [Action]) {
        var (count, fromReserve) = wanted(pool, at: now)
        while count > 0, !isDenied(pool, considerOthers: true) {
            launch(pool, fromReserve: fromReserve, at: now, into: &actions)
            (count, fromReserve) = wanted(pool, at: now)
        }
        deny(pool, count, at: now, into: &actions)
    }

    /// Opens the servers of `min_pool_size`, if no shared limit denies them.
    private mutating func fillMinimum(_ pool: Int32, at now: Instant, into actions: inout [Action]) {
        pools[pool].fillAt = .never
        guard pools[pool].hasMinimum, !databases[pools[pool].database].isDead else { return }
        while pools[pool].missing > 0 {
            if pools[pool].connectFailed {
                guard pools[pool].login.isEmpty, pools[pool].lastLaunch.after(pools[pool].delays.retry) <= now
                else { return }
            }
            guard pools[pool].limits.size == 0 || pools[pool].servers < pools[pool].limits.size else { return }
            if isDenied(pool, considerOthers: true) {
                // No event says that a limit has room for more than the waiting clients need; ask three times a
                // second, like PgBouncer's janitor.
                pools[pool].fillAt = now.after(333_000_000)
                return
            }
            launch(pool, fromReserve: false, at: now, into: &actions)
        }
    }

    mutating func launch(_ pool: Int32, fromReserve: Bool, at now: Instant, into actions: inout [Action]) {
        let worker = launchWorker(pool)
        let record = pools[pool]
        let server = servers.insert(
            ServerRecord(
                id: makeID(), pool: pool, database: record.database, user: record.user, home: worker, launchedAt: now,
                since: now))
        for table in [\PoolGroup.placeLinks, \.workerLinks, \.databaseLinks, \.userLinks, \.ageLinks] {
            self[keyPath: table].grow(to: servers.capacity)
        }
        enter(server, .login)
        ageLinks.append(server, to: &pools[pool].young)
        databases[record.database].shared.servers += 1
        users[record.user].shared.servers += 1
        serverCount += 1
        noteUse(ofDatabase: record.database)
        pools[pool].lastLaunch = now
        armSoon(pool, now.after(record.delays.connect))
        actions.append(
            .connect(
                id(ofServer: server), id(ofPool: pool), worker: WorkerID(rawValue: worker), fromReserve: fromReserve))
    }

    /// The worker of the client that came last, if only one server is short: then it is opened for that client.
    /// Otherwise the workers take turns.
    private mutating func launchWorker(_ slot: Int32) -> UInt16 {
        let pool = pools[slot]
        let last = pool.waiters.last >= 0 ? pool.waiters.last : pool.welcomes.last
        let short = pool.waiters.count - pool.tested.count - pool.login.count
        return last >= 0 && short <= 1 ? waiters[last].worker : takeTurn()
    }
}
