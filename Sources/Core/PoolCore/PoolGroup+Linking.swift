import MonotonicTime

/// The path of every transaction: an idle server to a client, a released server to the next client.
///
/// Invariant: no client waits in a pool that is not paused while an idle server is fresh enough to be used.
extension PoolGroup {
    /// An idle server for a client of `worker`, fresh enough to be used without a check.
    mutating func takeIdle(_ pool: Int32, for worker: UInt16, at now: Instant) -> Int32? {
        let oldest = pools[pool].idle.last
        guard oldest >= 0 else { return nil }
        if servers[oldest].since.after(pools[pool].delays.check) <= now {
            retireStale(pool, at: now)
            guard pools[pool].idle.last >= 0 else { return nil }
        }
        if pools[pool].limits.roundRobin { return pools[pool].idle.last }
        let near = idleByWorker[workerList(pool, worker)].first
        return near >= 0 ? near : pools[pool].idle.first
    }

    /// Makes idle servers that have reached the check delay used ones; each is moved once.
    mutating func retireStale(_ pool: Int32, at now: Instant) {
        while case let oldest = pools[pool].idle.last, oldest >= 0,
            servers[oldest].since.after(pools[pool].delays.check) <= now
        {
            markUsed(oldest)
        }
    }

    mutating func link(_ waiter: WaiterRecord, to server: Int32, at now: Instant, into actions: inout [Action]) {
        actions.append(
            .link(
                waiter.client, worker: WorkerID(rawValue: waiter.worker), id(ofServer: server),
                home: home(of: server)))
        move(server, to: .active, at: now)
        servers[server].client = waiter.client
        servers[server].home = waiter.worker
        servers[server].wasUsed = true
    }

    mutating func serverLoggedIn(_ id: ServerID, at now: Instant, into actions: inout [Action]) {
        guard let server = slot(id), servers[server].place == .login else { return }
        let pool = servers[server].pool
        if pools[pool].loginFailed { keepTentative(pool) }
        pools[pool].connectFailed = false
        pools[pool].loginFailed = false
        pools[pool].mayRetryNow = false
        pools[pool].welcomeReady = true
        confirmWelcome(pool, at: now, into: &actions)
        makeFree(server, at: now, into: &actions)
        serve(pool, at: now, into: &actions)
    }

    mutating func released(_ id: ServerID, needsReset: Bool, at now: Instant, into actions: inout [Action]) {
        guard let server = slot(id), servers[server].place == .active else { return }
        servers[server].needsReset = needsReset
        if servers[server].unsentCancels.first >= 0 { dropUnsentCancels(server, at: now, into: &actions) }
        if let reason = closeOnRelease(server, at: now) {
            return closeReleased(server, reason, at: now, into: &actions)
        }
        if servers[server].sentCancels > 0 { return move(server, to: .beingCanceled, at: now) }
        finishRelease(server, at: now, into: &actions)
    }

    mutating func serverReady(_ id: ServerID, at now: Instant, into actions: inout [Action]) {
        guard let server = slot(id), servers[server].place == .tested else { return }
        if !servers[server].isDirty { confirmWelcome(servers[server].pool, at: now, into: &actions) }
        if let reason = closeOnRelease(server, at: now) {
            return closeReleased(server, reason, at: now, into: &actions)
        }
        makeFree(server, at: now, into: &actions)
    }

    /// No cancel request can hit the server any more: reset it, check it or use it.
    mutating func finishRelease(_ server: Int32, at now: Instant, into actions: inout [Action]) {
        let pool = servers[server].pool
        if servers[server].needsReset {
            servers[server].needsReset = false
            move(server, to: .tested, at: now)
            actions.append(.reset(id(ofServer: server), worker: home(of: server)))
            armSoon(pool, now.after(pools[pool].delays.idle))
        } else if pools[pool].delays.checksEachRelease {
            move(server, to: .used, at: now)
            serve(pool, at: now, into: &actions)
            evict(for: server, at: now, into: &actions)
        } else {
            makeFree(server, at: now, into: &actions)
        }
    }

    /// Gives a clean server to the next waiting client, or leaves it idle.
    mutating func makeFree(_ server: Int32, at now: Instant, into actions: inout [Action]) {
        let pool = servers[server].pool
        let next = nextWaiter(pool, home: servers[server].home)
        if next >= 0, !isPaused(pool: pool) {
            if mustHandOver(server, at: now) { return closeReleased(server, .evicted, at: now, into: &actions) }
            let waiter = waiters[next]
            dequeue(next)
            return link(waiter, to: server, at: now, into: &actions)
        }
        move(server, to: .idle, at: now)
        if isPaused(pool: pool) { return close(server, .paused, at: now, into: &actions) }
        evict(for: server, at: now, into: &actions)
        let soonest = min(pools[pool].delays.check, pools[pool].delays.idle)
        if pools[pool].armed > now.after(soonest) || servers[server].isExpired { rearm(pool, at: now) }
    }

    /// Closes a server that clients may have been waiting for.
    mutating func closeReleased(_ server: Int32, _ reason: CloseReason, at now: Instant, into actions: inout [Action]) {
        close(server, reason, at: now, into: &actions)
        serve(servers[server].pool, at: now, into: &actions)
    }

    /// Why a server that has come free must not be used again.
    ///
    /// Source: PgBouncer 1.25.2, `release_server`; pause and size are its janitor's.
    mutating func closeOnRelease(_ server: Int32, at now: Instant) -> CloseReason? {
        let pool = servers[server].pool
        let lifetime = pools[pool].delays.lifetime
        if servers[server].launchedAt.after(lifetime) <= now, lifetime > 0 || servers[server].wasUsed,
            pools[pool].lastLifetimeClose.after(pools[pool].delays.lifetimeGap) <= now
        {
            pools[pool].lastLifetimeClose = now
            return .lifetimeOver
        }
        if servers[server].isDirty { return .closeNeeded }
        if isPaused(pool: pool) { return .paused }
        if let most = pools[pool].hardSize, pools[pool].connected > most { return .tooManyServers }
        return nil
    }
}
