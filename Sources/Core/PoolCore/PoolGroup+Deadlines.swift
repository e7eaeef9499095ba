import HeapModule
package import MonotonicTime

struct Alarm: Comparable, Sendable {
    var at: Instant
    var pool: Int32
    var generation: UInt32

    static func < (left: Alarm, right: Alarm) -> Bool { left.at < right.at }
}

/// Everything that happens because time passes.
///
/// A pool has one alarm, set for the earliest thing that may fall due in it. Things that are done before their time
/// leave it alone, so transactions do not touch the heap; when it rings early, it is set anew.
extension PoolGroup {
    /// When `timePassed` is due, or `nil` if only an event can change anything.
    ///
    /// It may turn out that nothing is due; in any case it is later after `timePassed`.
    package var nextDeadline: Instant? { alarms.min?.at }

    mutating func timePassed(at now: Instant, into actions: inout [Action]) {
        while let first = alarms.min, first.at <= now {
            alarms.removeMin()
            let pool = first.pool
            guard pools[pool].isAlive, pools[pool].generation == first.generation, pools[pool].armed == first.at
            else { continue }
            pools[pool].armed = .never
            expire(pool, at: now, into: &actions)
            settle(pool, at: now, into: &actions)
        }
    }

    /// Sets the pool's alarm, unless it rings earlier anyway.
    mutating func armSoon(_ pool: Int32, _ instant: Instant) {
        guard instant < pools[pool].armed else { return }
        pools[pool].armed = instant
        alarms.insert(Alarm(at: instant, pool: pool, generation: pools[pool].generation))
        if alarms.count > 4 * pools.count + 64 { dropStaleAlarms() }
    }

    /// O(pools), after as many alarms were replaced by earlier ones.
    private mutating func dropStaleAlarms() {
        var kept = Heap<Alarm>()
        for pool in 0..<Int32(pools.capacity) where pools[pool].isAlive && pools[pool].armed != .never {
            kept.insert(Alarm(at: pools[pool].armed, pool: pool, generation: pools[pool].generation))
        }
        alarms = kept
    }

    mutating func rearm(_ pool: Int32, at now: Instant) {
        guard pools[pool].isAlive else { return }
        armSoon(pool, deadline(of: pool, at: now))
    }

    // MARK: What is due

    /// Does what has fallen due in the pool; the counterpart of ``deadline(of:at:)``.
    private mutating func expire(_ pool: Int32, at now: Instant, into actions: inout [Action]) {
        let delays = pools[pool].delays
        while case let first = pools[pool].waiters.first, first >= 0, waiters[first].since.after(delays.wait) <= now {
            rejectWaiter(first, delays.waitReason, into: &actions)
        }
        while case let first = pools[pool].welcomes.first, first >= 0, waiters[first].since.after(delays.wait) <= now {
            rejectWaiter(first, delays.waitReason, into: &actions)
        }
        notifyQueued(pool, at: now, into: &actions)
        expireCancels(pool, at: now, into: &actions)
        while case let first = pools[pool].login.first, first >= 0,
            servers[first].launchedAt.after(delays.connect) <= now
        {
            close(first, .connectTimeout, at: now, into: &actions)
        }
        retireStale(pool, at: now)
        closeOldIdle(pool, at: now, into: &actions)
        closeOverdue(pool, at: now, into: &actions)
        touchIfUnused(pool, at: now, into: &actions)
    }

    private mutating func notifyQueued(_ pool: Int32, at now: Instant, into actions: inout [Action]) {
        let delay = pools[pool].delays.notify
        while case let slot = pools[pool].unnotified, slot >= 0, waiters[slot].since.after(delay) <= now {
            pools[pool].unnotified = waiterLinks.next(after: slot)
            let waiter = waiters[slot]
            // Only who is logged in can be sent a notice.
            guard waiter.purpose == .server, !waiter.isNotified else { continue }
            waiters[slot].isNotified = true
            actions.append(
                .notifyQueued(ClientID(rawValue: waiter.client), worker: WorkerID(rawValue: waiter.worker)))
        }
    }

    private mutating func closeOldIdle(_ pool: Int32, at now: Instant, into actions: inout [Action]) {
        let delay = pools[pool].delays.idle
        while case let oldest = longestFree(pool), oldest >= 0, pools[pool].connected > pools[pool].limits.minSize,
            servers[oldest].since.after(delay) <= now
        {
            close(oldest, .idleTimeout, at: now, into: &actions)
        }
        // A check or reset query that takes this long has no answer to come.
        while case let first = pools[pool].tested.first, first >= 0, servers[first].since.after(delay) <= now {
            close(first, .idleTimeout, at: now, into: &actions)
        }
    }

    private func longestFree(_ pool: Int32) -> Int32 {
        pools[pool].used.last >= 0 ? pools[pool].used.last : pools[pool].idle.last
    }

    private mutating func closeOverdue(_ pool: Int32, at now: Instant, into actions: inout [Action]) {
        let delays = pools[pool].delays
        guard delays.lifetime > 0 else { return }  // used once, then closed on release
        while case let server = pools[pool].young.first, server >= 0,
            servers[server].launchedAt.after(delays.lifetime) <= now
        {
            ageLinks.remove(server, from: &pools[pool].young)
            servers[server].isExpired = true
            if servers[server].place == .idle || servers[server].place == .used {
                ageLinks.append(server, to: &pools[pool].overdue)
            }
        }
        while case let server = pools[pool].overdue.first, server >= 0,
            pools[pool].lastLifetimeClose.after(delays.lifetimeGap) <= now
        {
            guard servers[server].launchedAt.after(delays.lifetime) <= now else {
                // The limit was raised meanwhile. It is older than the young ones, so this is its place.
                ageLinks.remove(server, from: &pools[pool].overdue)
                servers[server].isExpired = false
                ageLinks.prepend(server, to: &pools[pool].young)
                continue
            }
            pools[pool].lastLifetimeClose = now
            close(server, .lifetimeOver, at: now, into: &actions)
        }
    }

    /// Forgets the pool if it has been unused for long enough.
    mutating func touchIfUnused(_ pool: Int32, at now: Instant, into actions: inout [Action]) {
        guard pools[pool].isAlive, pools[pool].isUnused else { return }
        guard removalTime(pool) <= now else { return rearm(pool, at: now) }
        removePool(pool, into: &actions)
    }

    private func removalTime(_ pool: Int32) -> Instant {
        let limits = pools[pool].limits
        if limits.minSize > 0 && limits.hasForcedUser { return .never }
        return pools[pool].lastActive.after(pools[pool].delays.unused)
    }

    // MARK: When something is due

    /// The earliest instant after `now` at which something may fall due in the pool.
    private func deadline(of slot: Int32, at now: Instant) -> Instant {
        let pool = pools[slot]
        let delays = pool.delays
        var due = Instant.never
        if pool.waiters.first >= 0 { due = min(due, waiters[pool.waiters.first].since.after(delays.wait)) }
        if pool.welcomes.first >= 0 { due = min(due, waiters[pool.welcomes.first].since.after(delays.wait)) }
        if pool.unnotified >= 0 { due = min(due, waiters[pool.unnotified].since.after(delays.notify)) }
        if pool.queuedCancels.first >= 0 {
            due = min(due, cancels[pool.queuedCancels.first].since.after(delays.cancelWait))
        }
        if pool.connectingCancels.first >= 0 {
            due = min(due, cancels[pool.connectingCancels.first].since.after(delays.cancelWait))
        }
        if pool.login.first >= 0 { due = min(due, servers[pool.login.first].launchedAt.after(delays.connect)) }
        due = min(due, serverDeadline(slot))
        if !isPaused(pool: slot) { due = min(due, connectDeadline(slot, at: now)) }
        if delays.unused != PoolDelays.never, pool.isUnused { due = min(due, removalTime(slot)) }
        return due
    }

    /// Idle time and age.
    private func serverDeadline(_ slot: Int32) -> Instant {
        let pool = pools[slot]
        let delays = pool.delays
        var due = Instant.never
        if pool.idle.last >= 0 { due = min(due, servers[pool.idle.last].since.after(delays.check)) }
        if pool.tested.first >= 0 { due = min(due, servers[pool.tested.first].since.after(delays.idle)) }
        let oldest = longestFree(slot)
        if oldest >= 0, pool.connected > pool.limits.minSize {
            due = min(due, servers[oldest].since.after(delays.idle))
        }
        if delays.lifetime > 0 {
            if pool.young.first >= 0 { due = min(due, servers[pool.young.first].launchedAt.after(delays.lifetime)) }
            if pool.overdue.first >= 0 { due = min(due, pool.lastLifetimeClose.after(delays.lifetimeGap)) }
        }
        return due
    }

    /// The reserve, the next attempt after a failure, `min_pool_size`. What is past could not be had then, and an
    /// event will say when it can.
    private func connectDeadline(_ slot: Int32, at now: Instant) -> Instant {
        let pool = pools[slot]
        var due = Instant.never
        if pool.waiters.first >= 0, hasReserveLeft(slot) {
            let reserve = waiters[pool.waiters.first].since.after(pool.delays.reserve)
            if reserve > now { due = min(due, reserve) }
        }
        if pool.connectFailed, pool.login.isEmpty,
            !pool.waiters.isEmpty || !pool.welcomes.isEmpty || pool.missing > 0
        {
            let retry = pool.lastLaunch.after(pool.delays.retry)
            if retry > now { due = min(due, retry) }
        }
        if pool.fillAt > now { due = min(due, pool.fillAt) }
        return due
    }
}
