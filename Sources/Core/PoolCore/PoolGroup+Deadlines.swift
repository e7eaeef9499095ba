import HeapModule
import MonotonicTime

struct Alarm: Comparable, Sendable {
    var at: Instant
    var pool: Int32
    var generation: UInt32

    static func < (left: Alarm, right: Alarm) -> Bool { left.at < right.at }
}

/// Everything that happens because time passes.
///
/// A pool has one alarm, set for the earliest instant at which something may fall due in it. What ends before its time
/// leaves the alarm alone, so transactions do not touch the heap; an alarm that proves too early is set again.
///
/// Invariant: `alarms` has an entry for each living pool's `armed`, unless that is never, and `armed` is not later than
/// the pool's next deadline.
extension PoolGroup {
    mutating func timePassed(at now: Instant, into actions: inout [Action]) {
        if databaseDeadline <= now { removeIdleDatabases(at: now, into: &actions) }
        // Each alarm once, so that this ends even if an alarm were set in the past.
        for _ in 0..<alarms.count {
            guard let first = alarms.min, first.at <= now else { return }
            alarms.removeMin()
            let pool = first.pool
            guard pools[pool].isAlive, pools[pool].generation == first.generation, pools[pool].armed == first.at
            else { continue }
            pools[pool].armed = .never
            expire(pool, at: now, into: &actions)
            serve(pool, at: now, into: &actions)
        }
    }

    /// Sets the pool's alarm, unless it is set for an earlier instant.
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

    @inline(__always)
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
        removeIfLongUnused(pool, at: now, into: &actions)
    }

    private mutating func notifyQueued(_ pool: Int32, at now: Instant, into actions: inout [Action]) {
        let delay = pools[pool].delays.notify
        while case let slot = pools[pool].unnotified, slot >= 0, waiters[slot].since.after(delay) <= now {
            pools[pool].unnotified = waiterLinks.next(after: slot)
            let waiter = waiters[slot]
            // Only a client that is logged in can be sent a notice.
            guard waiter.purpose == .server, !waiter.isNotified else { continue }
            waiters[slot].isNotified = true
            actions.append(.notifyQueued(waiter.client, worker: WorkerID(rawValue: waiter.worker)))
        }
    }

    private mutating func closeOldIdle(_ pool: Int32, at now: Instant, into actions: inout [Action]) {
        let delay = pools[pool].delays.idle
        while case let oldest = longestFree(pool), oldest >= 0, pools[pool].connected > pools[pool].limits.minSize,
            servers[oldest].since.after(delay) <= now
        {
            close(oldest, .idleTimeout, at: now, into: &actions)
        }
        // A check or reset query that takes this long will not be answered.
        while case let first = pools[pool].tested.first, first >= 0, servers[first].since.after(delay) <= now {
            close(first, .idleTimeout, at: now, into: &actions)
        }
    }

    @inline(__always)
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

    /// Removes the pool if it has been unused for long enough.
    mutating func removeIfLongUnused(_ pool: Int32, at now: Instant, into actions: inout [Action]) {
        guard pools[pool].isAlive, pools[pool].isUnused else { return }
        guard removalTime(pool) <= now else { return rearm(pool, at: now) }
        removePool(pool, into: &actions)
    }

    @inline(__always)
    private func removalTime(_ pool: Int32) -> Instant {
        let limits = pools[pool].limits
        if limits.minSize > 0 && limits.hasForcedUser { return .never }
        if isCrowded(pool) { return pools[pool].lastActive }
        return pools[pool].lastActive.after(pools[pool].delays.unused)
    }

    /// Clients choose the names of transient users, so beyond this number of pools an unused one of such a user is
    /// removed at once.
    package static var mostPools: Int { 1_000 }

    @inline(__always)
    private func isCrowded(_ pool: Int32) -> Bool {
        pools.count > Self.mostPools && users[pools[pool].user].isTransient
    }

    // MARK: When something is due

    /// The earliest instant at which something may fall due in the pool.
    @inline(__always)
    private func deadline(of pool: Int32, at now: Instant) -> Instant {
        var due = min(waitDeadline(pool), serverDeadline(pool))
        if !isPaused(pool: pool) {
            due = min(due, pools[pool].connectDeadline(firstSince: firstSince(pool), at: now))
        }
        if pools[pool].isUnused, pools[pool].delays.unused != PoolDelays.never || isCrowded(pool) {
            due = min(due, removalTime(pool))
        }
        return due
    }

    /// Everything that waits: clients, cancel requests, connections being opened.
    @inline(__always)
    private func waitDeadline(_ pool: Int32) -> Instant {
        var due = firstSince(pool).after(pools[pool].delays.wait)
        let (welcome, unnotified) = (pools[pool].welcomes.first, pools[pool].unnotified)
        if welcome >= 0 { due = min(due, waiters[welcome].since.after(pools[pool].delays.wait)) }
        if unnotified >= 0 { due = min(due, waiters[unnotified].since.after(pools[pool].delays.notify)) }
        let (queued, connecting) = (pools[pool].queuedCancels.first, pools[pool].connectingCancels.first)
        if queued >= 0 { due = min(due, cancels[queued].since.after(pools[pool].delays.cancelWait)) }
        if connecting >= 0 { due = min(due, cancels[connecting].since.after(pools[pool].delays.cancelWait)) }
        let login = pools[pool].login.first
        if login >= 0 { due = min(due, servers[login].launchedAt.after(pools[pool].delays.connect)) }
        return due
    }

    /// Idle time and age.
    @inline(__always)
    private func serverDeadline(_ pool: Int32) -> Instant {
        var due = Instant.never
        let (idle, tested, oldest) = (pools[pool].idle.last, pools[pool].tested.first, longestFree(pool))
        if idle >= 0 { due = min(due, servers[idle].since.after(pools[pool].delays.check)) }
        if tested >= 0 { due = min(due, servers[tested].since.after(pools[pool].delays.idle)) }
        if oldest >= 0, pools[pool].connected > pools[pool].limits.minSize {
            due = min(due, servers[oldest].since.after(pools[pool].delays.idle))
        }
        let lifetime = pools[pool].delays.lifetime
        guard lifetime > 0 else { return due }
        let young = pools[pool].young.first
        if young >= 0 { due = min(due, servers[young].launchedAt.after(lifetime)) }
        if !pools[pool].overdue.isEmpty {
            due = min(due, pools[pool].lastLifetimeClose.after(pools[pool].delays.lifetimeGap))
        }
        return due
    }
}
