import MonotonicTime

/// Commands of the admin console. They may look at every pool or server; transactions never do.
extension PoolGroup {
    /// No server may be opened or used for the pool.
    @inline(__always)
    func isPaused(pool: Int32) -> Bool { isPausedWhole || databases[pools[pool].database].isPaused }

    mutating func pause(_ database: DatabaseID?, at now: Instant, into actions: inout [Action]) {
        if let database {
            guard let slot = slot(database) else { return }
            databases[slot].isPaused = true
            settleAll(of: slot, at: now, into: &actions)
            if databases[slot].shared.servers == 0 { return actions.append(.pauseSettled(database)) }
            databases[slot].pausePending = true
        } else {
            isPausedWhole = true
            settleAll(of: nil, at: now, into: &actions)
            if serverCount == 0 { return actions.append(.pauseSettled(nil)) }
            pausePending = true
        }
    }

    mutating func resume(_ database: DatabaseID?, at now: Instant, into actions: inout [Action]) {
        if let database {
            guard let slot = slot(database) else { return }
            databases[slot].isPaused = databases[slot].isDead
            databases[slot].pausePending = false
            settleAll(of: slot, at: now, into: &actions)
        } else if shutdown != .waitForServers {
            isPausedWhole = false
            pausePending = false
            settleAll(of: nil, at: now, into: &actions)
        }
    }

    mutating func reconnect(_ database: DatabaseID?, at now: Instant, into actions: inout [Action]) {
        guard let chosen = chosen(database) else { return }
        for pool in pools(of: chosen) { pools[pool].welcomeReady = false }
        for server in servers(of: chosen) { markDirty(server, at: now, into: &actions) }
        settleAll(of: chosen, at: now, into: &actions)
    }

    mutating func waitClose(_ database: DatabaseID?, into actions: inout [Action]) {
        if let database {
            guard let slot = slot(database) else { return }
            if databases[slot].dirty == 0 { return actions.append(.waitCloseSettled(database)) }
            databases[slot].waitClosePending = true
        } else if dirtyCount == 0 {
            actions.append(.waitCloseSettled(nil))
        } else {
            waitClosePending = true
        }
    }

    mutating func kill(_ database: DatabaseID?, at now: Instant, into actions: inout [Action]) {
        guard let chosen = chosen(database) else { return }
        if let chosen { databases[chosen].isPaused = true }
        for pool in pools(of: chosen) {
            databases[pools[pool].database].isPaused = true
            rejectAll(pool, .databaseRemoved, into: &actions)
            rejectCancels(pool, into: &actions)
            setUnmet(pool, database: 0, user: 0)
        }
        for server in servers(of: chosen) { close(server, .databaseRemoved, at: now, into: &actions) }
    }

    mutating func setDisabled(_ isDisabled: Bool, _ database: DatabaseID) {
        guard let slot = slot(database) else { return }
        databases[slot].isDisabled = isDisabled
    }

    mutating func shutDown(_ mode: ShutdownMode, at now: Instant, into actions: inout [Action]) {
        shutdown = mode
        shutdownPending = true
        if mode == .waitForServers {
            isPausedWhole = true
            for pool in pools(of: nil) { rejectAll(pool, .shuttingDown, into: &actions) }
            settleAll(of: nil, at: now, into: &actions)
        }
        reportShutdown(into: &actions)
    }

    /// Settles every pool of a database, or every pool.
    private mutating func settleAll(of database: Int32?, at now: Instant, into actions: inout [Action]) {
        for pool in pools(of: database) {
            settle(pool, at: now, into: &actions)
        }
    }

    /// Which database a command means: `.some(nil)` is every one, `nil` one that is gone.
    private func chosen(_ database: DatabaseID?) -> Int32?? {
        guard let database else { return .some(nil) }
        return slot(database).map { .some($0) }
    }

    private func pools(of database: Int32?) -> [Int32] {
        (0..<Int32(pools.capacity)).filter {
            pools[$0].isAlive && (database == nil || pools[$0].database == database)
        }
    }

    private func servers(of database: Int32?) -> [Int32] {
        (0..<Int32(servers.capacity)).filter {
            servers[$0].place != .gone && (database == nil || servers[$0].database == database)
        }
    }
}
