package import MonotonicTime

/// Databases, users, pools and their limits. Nothing here is on a transaction's path.
///
/// Invariants: `poolByKey` names each living pool by its database and user; `pools` of a database or user counts them.
extension PoolGroup {
    package mutating func addDatabase(_ limits: DatabaseLimits) -> DatabaseID {
        var record = DatabaseRecord()
        record.maxClientConnections = limits.maxClientConnections
        record.shared.maxConnections = limits.maxConnections
        let slot = databases.insert(record)
        // A name of an earlier record in this slot must not be taken for this one.
        lastGeneration &+= 1
        databases[slot].generation = lastGeneration
        return id(ofDatabase: slot)
    }

    package mutating func setLimits(
        _ limits: DatabaseLimits, of database: DatabaseID, at now: Instant, into actions: inout [Action]
    ) {
        guard let slot = slot(database) else { return }
        databases[slot].maxClientConnections = limits.maxClientConnections
        databases[slot].shared.maxConnections = limits.maxConnections
        drain(.database(slot), at: now, into: &actions)
    }

    /// Closes the database's servers and rejects its waiting clients; `databaseRemoved` follows when all are gone.
    ///
    /// The driver disconnects the other clients ("database removed").
    package mutating func removeDatabase(_ database: DatabaseID, at now: Instant, into actions: inout [Action]) {
        guard let slot = slot(database), !databases[slot].isDead else { return }
        databases[slot].isDead = true
        noteUse(ofDatabase: slot)
        kill(database, at: now, into: &actions)
        for pool in 0..<Int32(pools.capacity) where pools[pool].isAlive && pools[pool].database == slot {
            removeIfDead(pool, into: &actions)
        }
        removeDatabaseIfEmpty(slot, into: &actions)
    }

    /// `isTransient`: no file names the user, so it is removed with its last client and pool.
    package mutating func addUser(_ limits: UserLimits, isTransient: Bool = false) -> UserID {
        var record = UserRecord()
        record.isTransient = isTransient
        record.maxClientConnections = limits.maxClientConnections
        record.shared.maxConnections = limits.maxConnections
        lastGeneration &+= 1
        record.generation = lastGeneration
        let slot = users.insert(record)
        return id(ofUser: slot)
    }

    package mutating func setTransient(_ isTransient: Bool, user: UserID, into actions: inout [Action]) {
        guard let slot = slot(user) else { return }
        users[slot].isTransient = isTransient
        removeUserIfUnused(slot, into: &actions)
    }

    func isUnused(user: Int32) -> Bool {
        users[user].isAlive && users[user].isTransient && users[user].clients == 0 && users[user].pools == 0
    }

    mutating func removeUserIfUnused(_ user: Int32, into actions: inout [Action]) {
        guard isUnused(user: user) else { return }
        actions.append(.userRemoved(id(ofUser: user)))
        users[user].isAlive = false
        users.remove(user)
    }

    package mutating func setLimits(
        _ limits: UserLimits, of user: UserID, at now: Instant, into actions: inout [Action]
    ) {
        guard let slot = slot(user) else { return }
        users[slot].maxClientConnections = limits.maxClientConnections
        users[slot].shared.maxConnections = limits.maxConnections
        drain(.user(slot), at: now, into: &actions)
    }

    /// The pool of `database` and `user`, made if need be; `nil` if the database is gone.
    ///
    /// `limits` counts only for a new pool, which may open the servers of `min_pool_size` at once.
    package mutating func pool(
        database: DatabaseID, user: UserID, limits: PoolLimits, at now: Instant, into actions: inout [Action]
    ) -> PoolID? {
        guard let user = self.slot(user) else { return nil }
        guard let slot = slot(database), !databases[slot].isDead else {
            removeUserIfUnused(user, into: &actions)
            return nil
        }
        let key = Self.key(slot, user)
        if let pool = poolByKey[key] { return id(ofPool: pool) }

        var record = PoolRecord(database: slot, user: user)
        lastGeneration &+= 1
        record.generation = lastGeneration
        record.limits = limits
        record.delays = PoolDelays(limits)
        record.lastActive = now
        let pool = pools.insert(record)
        while idleByWorker.count < pools.capacity * workerCount {
            idleByWorker.append(IndexList())
            waitersByWorker.append(IndexList())
        }
        poolByKey[key] = pool
        databases[slot].pools += 1
        users[user].pools += 1
        serve(pool, at: now, into: &actions)
        return id(ofPool: pool)
    }

    /// Applies new limits to the pool and to everything that is in it.
    package mutating func setLimits(
        _ limits: PoolLimits, of pool: PoolID, at now: Instant, into actions: inout [Action]
    ) {
        guard let slot = slot(pool) else { return }
        pools[slot].limits = limits
        pools[slot].delays = PoolDelays(limits)
        closeSurplus(slot, at: now, into: &actions)
        // Whatever the old limits had set the alarm for, the new ones may have made due.
        armSoon(slot, now)
        timePassed(at: now, into: &actions)
    }

    /// Closes free servers beyond the size of the pool, those first that need a check.
    private mutating func closeSurplus(_ pool: Int32, at now: Instant, into actions: inout [Action]) {
        guard let most = pools[pool].hardSize else { return }
        while pools[pool].connected > most {
            let first = pools[pool].used.first >= 0 ? pools[pool].used.first : pools[pool].idle.first
            guard first >= 0 else { return }
            close(first, .tooManyServers, at: now, into: &actions)
        }
    }
}
