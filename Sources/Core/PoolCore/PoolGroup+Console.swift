import MonotonicTime

/// Commands of the admin console. They may look at every pool or server; transactions never do.
///
/// Invariants: `suspender` is set exactly while `pauseMode` is `suspended`; a `pausePending` is set only while that
/// pause is in force and a server is open, a `waitClosePending` only while a server is marked for closing.
extension PoolGroup {
    /// Whether the whole pooler works. PgBouncer's words of `SHOW STATE`.
    package enum PauseMode: Hashable, Sendable {
        case active, paused, suspended
    }

    /// No server may be opened or used for the pool.
    @inline(__always)
    func isPaused(pool: Int32) -> Bool { pauseMode != .active || databases[pools[pool].database].isPaused }

    mutating func pause(_ database: DatabaseID?, at now: Instant, into actions: inout [Action]) {
        if let database {
            guard let slot = slot(database) else { return }
            databases[slot].isPaused = true
            updateIdleness(ofDatabase: slot, at: now, into: &actions)
            serveAll(of: slot, at: now, into: &actions)
            if databases[slot].shared.servers == 0 { return actions.append(.pauseDone(database)) }
            databases[slot].pausePending = true
        } else {
            pauseAll(.paused, at: now, into: &actions)
        }
    }

    mutating func suspend(by console: ClientID, at now: Instant, into actions: inout [Action]) {
        pauseAll(.suspended, at: now, into: &actions)
        suspender = console
    }

    private mutating func pauseAll(_ mode: PauseMode, at now: Instant, into actions: inout [Action]) {
        pauseMode = mode
        suspender = nil
        serveAll(of: nil, at: now, into: &actions)
        if serverCount == 0 { return actions.append(.pauseDone(nil)) }
        pausePending = true
    }

    /// The pooler is not left suspended by a console that is gone. (PgBouncer resumes when its last console is gone.)
    mutating func consoleClosed(_ console: ClientID, at now: Instant, into actions: inout [Action]) {
        if isSuspended(by: console) { resume(nil, at: now, into: &actions) }
    }

    mutating func resume(_ database: DatabaseID?, at now: Instant, into actions: inout [Action]) {
        if let database {
            guard let slot = slot(database), !databases[slot].isDead else { return }
            databases[slot].isPaused = false
            if databases[slot].pausePending { actions.append(.pauseEnded(database)) }
            databases[slot].pausePending = false
            updateIdleness(ofDatabase: slot, at: now, into: &actions)
            serveAll(of: slot, at: now, into: &actions)
        } else if shutdownMode != .waitForServers {
            pauseMode = .active
            suspender = nil
            if pausePending { actions.append(.pauseEnded(nil)) }
            pausePending = false
            serveAll(of: nil, at: now, into: &actions)
        }
    }

    mutating func reconnect(_ database: DatabaseID?, at now: Instant, into actions: inout [Action]) {
        guard let chosen = chosen(database) else { return }
        for pool in pools(of: chosen) { pools[pool].welcomeReady = false }
        for server in servers(of: chosen) { markDirty(server, at: now, into: &actions) }
        serveAll(of: chosen, at: now, into: &actions)
    }

    mutating func waitClose(_ database: DatabaseID?, into actions: inout [Action]) {
        if let database {
            guard let slot = slot(database) else { return }
            if databases[slot].dirty == 0 { return actions.append(.waitCloseDone(database)) }
            databases[slot].waitClosePending = true
        } else if dirtyCount == 0 {
            actions.append(.waitCloseDone(nil))
        } else {
            waitClosePending = true
        }
    }

    mutating func kill(_ database: DatabaseID?, at now: Instant, into actions: inout [Action]) {
        guard let chosen = chosen(database) else { return }
        if let chosen {
            databases[chosen].isPaused = true
            updateIdleness(ofDatabase: chosen, at: now, into: &actions)
        }
        for pool in pools(of: chosen) {
            databases[pools[pool].database].isPaused = true
            updateIdleness(ofDatabase: pools[pool].database, at: now, into: &actions)
            pools[pool].welcomeReady = false
            rejectAll(pool, .databaseRemoved, into: &actions)
            rejectCancels(pool, into: &actions)
            setUnmet(pool, database: 0, user: 0)
        }
        for server in servers(of: chosen) { close(server, .databaseRemoved, at: now, into: &actions) }
    }

    mutating func setDisabled(
        _ isDisabled: Bool, _ database: DatabaseID, at now: Instant, into actions: inout [Action]
    ) {
        guard let slot = slot(database) else { return }
        databases[slot].isDisabled = isDisabled
        updateIdleness(ofDatabase: slot, at: now, into: &actions)
    }

    mutating func shutDown(_ mode: ShutdownMode, at now: Instant, into actions: inout [Action]) {
        shutdownMode = mode
        shutdownPending = true
        if mode == .waitForServers {
            pauseMode = .paused
            suspender = nil
            for pool in pools(of: nil) { rejectAll(pool, .shuttingDown, into: &actions) }
            serveAll(of: nil, at: now, into: &actions)
        }
        reportShutdown(into: &actions)
    }

    /// Serves every pool of a database, or every pool.
    private mutating func serveAll(of database: Int32?, at now: Instant, into actions: inout [Action]) {
        for pool in pools(of: database) {
            serve(pool, at: now, into: &actions)
        }
    }

    /// The database that a command means: `.some(nil)` is every one, `nil` one that is gone.
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
