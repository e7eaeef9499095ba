import HeapModule
import MonotonicTime

/// Limits that span pools: `max_db_connections` and `max_user_connections`.
///
/// A pool that is denied a server is queued at the limit that denies it. When a place becomes free, the pool whose head
/// has waited longest gets it; meanwhile idle servers of other pools are evicted.
///
/// Invariants: `unmet` of a limit is the sum of its pools' `unmetBy`; a pool has an entry in `starved` while
/// `isQueuedAt` says so; `closing` of a limit is the sum of its pools' `closing`.
extension PoolGroup {
    /// How much longer than the head of a busy pool another pool's head must have waited before the busy pool hands a
    /// released server over although it could use it itself. It bounds how unequal waiting gets, and the number of
    /// servers that are closed only to be opened elsewhere.
    private static let handoverLead: Int64 = 500_000_000

    subscript(limit: LimitName) -> SharedLimit {
        get {
            switch limit {
            case .database(let slot): databases[slot].shared
            case .user(let slot): users[slot].shared
            }
        }
        _modify {
            switch limit {
            case .database(let slot): yield &databases[slot].shared
            case .user(let slot): yield &users[slot].shared
            }
        }
    }

    private func limits(of pool: Int32) -> (LimitName, LimitName) {
        (.database(pools[pool].database), .user(pools[pool].user))
    }

    /// Whether a shared limit keeps the pool from opening a server now; `considerOthers` lets those go first whose
    /// heads have waited longer.
    mutating func isDenied(_ pool: Int32, considerOthers: Bool) -> Bool {
        let (database, user) = limits(of: pool)
        return denies(database, pool, considerOthers) || denies(user, pool, considerOthers)
    }

    private mutating func denies(_ limit: LimitName, _ pool: Int32, _ considerOthers: Bool) -> Bool {
        switch limit {
        case .database(let slot): guard databases[slot].shared.isLimited else { return false }
        case .user(let slot): guard users[slot].shared.isLimited else { return false }
        }
        if self[limit].isFull { return true }
        guard considerOthers, let first = oldestStarved(at: limit), first.pool != pool else { return false }
        return headSince(pool).map { first.since < $0 } ?? true
    }

    /// Since when the pool's longest-waiting client waits.
    func headSince(_ pool: Int32) -> Instant? {
        let (waiter, welcome) = (pools[pool].waiters.first, pools[pool].welcomes.first)
        switch (waiter >= 0, welcome >= 0) {
        case (true, true): return min(waiters[waiter].since, waiters[welcome].since)
        case (true, false): return waiters[waiter].since
        case (false, true): return waiters[welcome].since
        case (false, false): return nil
        }
    }

    mutating func setUnmet(_ pool: Int32, database: Int, user: Int) {
        let (oldDatabase, oldUser) = (pools[pool].unmetByDatabase, pools[pool].unmetByUser)
        guard oldDatabase != database || oldUser != user else { return }
        databases[pools[pool].database].shared.unmet += database - oldDatabase
        users[pools[pool].user].shared.unmet += user - oldUser
        pools[pool].unmetByDatabase = database
        pools[pool].unmetByUser = user
    }

    /// Notes that the pool is denied `count` servers, makes room for them by eviction, and queues the pool.
    mutating func deny(_ pool: Int32, _ count: Int, at now: Instant, into actions: inout [Action]) {
        guard count > 0 else { return setUnmet(pool, database: 0, user: 0) }
        let (database, user) = limits(of: pool)
        setUnmet(
            pool, database: denies(database, pool, true) ? count : 0, user: denies(user, pool, true) ? count : 0)
        for limit in [database, user] where pools[pool][unmetBy: limit] > 0 {
            enqueue(pool, at: limit)
            evict(at: limit, at: now, into: &actions)
            drain(limit, at: now, into: &actions)
        }
    }

    private mutating func enqueue(_ pool: Int32, at limit: LimitName) {
        guard !pools[pool][isQueuedAt: limit], let since = headSince(pool) else { return }
        pools[pool][isQueuedAt: limit] = true
        self[limit].starved.insert(Starved(since: since, pool: pool))
    }

    /// The pool denied by this limit whose head has waited longest. O(log n), amortised.
    ///
    /// Entries are left alone when a pool's head changes, so the first may be out of date: then it is dropped or put
    /// back where it belongs.
    private mutating func oldestStarved(at limit: LimitName) -> Starved? {
        while let first = self[limit].starved.min {
            guard belongs(first.pool, to: limit) else {
                self[limit].starved.removeMin()
                continue
            }
            guard pools[first.pool][unmetBy: limit] > 0, let since = headSince(first.pool) else {
                self[limit].starved.removeMin()
                pools[first.pool][isQueuedAt: limit] = false
                continue
            }
            guard since > first.since else { return first }
            self[limit].starved.replaceMin(with: Starved(since: since, pool: first.pool))
        }
        return nil
    }

    private func belongs(_ pool: Int32, to limit: LimitName) -> Bool {
        guard pools.contains(slot: pool), pools[pool].isAlive, pools[pool][isQueuedAt: limit] else { return false }
        switch limit {
        case .database(let slot): return pools[pool].database == slot
        case .user(let slot): return pools[pool].user == slot
        }
    }

    /// Gives free places to the pools in the queue, the longest-waiting first.
    mutating func drain(_ limit: LimitName, at now: Instant, into actions: inout [Action]) {
        while !self[limit].isFull, let first = oldestStarved(at: limit) {
            self[limit].starved.removeMin()
            let pool = first.pool
            pools[pool][isQueuedAt: limit] = false
            let (count, fromReserve) = isPaused(pool: pool) ? (0, false) : wanted(pool, at: now)
            if count > 0, !isDenied(pool, considerOthers: false) {
                launch(pool, fromReserve: fromReserve, at: now, into: &actions)
            }
            requeue(pool, served: limit, at: now, into: &actions)
        }
    }

    /// Queues the pool again at the limits that still deny it something; if none does, at the one that is being served,
    /// since it has not had everything it wants.
    private mutating func requeue(
        _ pool: Int32, served: LimitName, at now: Instant, into actions: inout [Action]
    ) {
        let count = isPaused(pool: pool) ? 0 : wanted(pool, at: now).count
        let (database, user) = limits(of: pool)
        let isFree = !isDenied(pool, considerOthers: false)
        let isServedByDatabase = if case .database = served { true } else { false }
        setUnmet(
            pool, database: self[database].isFull || isFree && isServedByDatabase ? count : 0,
            user: self[user].isFull || isFree && !isServedByDatabase ? count : 0)
        for limit in [database, user] where pools[pool][unmetBy: limit] > 0 {
            enqueue(pool, at: limit)
            if self[limit].isFull { evict(at: limit, at: now, into: &actions) }
        }
    }

    /// Evicts what is due at both limits of a server that has just come free.
    mutating func evict(for server: Int32, at now: Instant, into actions: inout [Action]) {
        let (database, user) = (servers[server].database, servers[server].user)
        if databases[database].shared.unmet > 0 { evict(at: .database(database), at: now, into: &actions) }
        if users[user].shared.unmet > 0 { evict(at: .user(user), at: now, into: &actions) }
    }

    /// Closes the servers that have been idle longest, as many as are denied to waiting pools.
    private mutating func evict(at limit: LimitName, at now: Instant, into actions: inout [Action]) {
        while self[limit].evictionsDue > 0, case let oldest = self[limit].free.last, oldest >= 0 {
            close(oldest, .evicted, at: now, into: &actions)
        }
    }

    /// Whether a released server should make room for a pool that shares a limit with this one and whose head has
    /// waited much longer than this one's. One at a time, so that the effect is seen before the next.
    mutating func mustHandOver(_ server: Int32, at now: Instant) -> Bool {
        let (database, user) = (servers[server].database, servers[server].user)
        if databases[database].shared.unmet > 0, mustHandOver(server, at: .database(database)) { return true }
        if users[user].shared.unmet > 0, mustHandOver(server, at: .user(user)) { return true }
        return false
    }

    private mutating func mustHandOver(_ server: Int32, at limit: LimitName) -> Bool {
        guard self[limit].closing == 0, self[limit].isFull, let first = oldestStarved(at: limit),
            first.pool != servers[server].pool, pools[first.pool].login.isEmpty,
            let own = headSince(servers[server].pool)
        else { return false }
        return first.since.after(Self.handoverLead) <= own
    }
}
