package import MonotonicTime

/// What a driver may ask for that knows more than the group does; the client library does.
///
/// Keeps no invariant of its own.
extension PoolGroup {
    /// Makes every idle server of the pool be checked before it is used again: something happened that may concern all
    /// of them, such as a failover. O(idle servers)
    package mutating func suspectIdle(of pool: PoolID, at now: Instant, into actions: inout [Action]) {
        guard let pool = slot(pool) else { return }
        // The oldest first, so that `used` stays in the order of age.
        while case let oldest = pools[pool].idle.last, oldest >= 0 { markUsed(oldest) }
        serve(pool, at: now, into: &actions)
    }

    /// Opens the servers that `minIdle` asks for after a client was linked.
    package mutating func fill(_ pool: PoolID, at now: Instant, into actions: inout [Action]) {
        guard let pool = slot(pool) else { return }
        serve(pool, at: now, into: &actions)
    }

    /// Makes another attempt to connect, even if no client waits, if none is under way and it is time for one.
    package mutating func probe(_ pool: PoolID, at now: Instant, into actions: inout [Action]) {
        guard let pool = slot(pool), !isPaused(pool: pool), pools[pool].login.isEmpty,
            pools[pool].lastLaunch.after(pools[pool].delays.retry) <= now,
            pools[pool].limits.size == 0 || pools[pool].servers < pools[pool].limits.size,
            !isDenied(pool, considerOthers: true)
        else { return }
        launch(pool, fromReserve: false, at: now, into: &actions)
    }

    /// Sets the time between attempts to connect, counted from the start of the last one; used when it fails.
    package mutating func setLoginRetry(_ delay: Duration, of pool: PoolID) {
        guard let pool = slot(pool) else { return }
        pools[pool].limits.loginRetry = delay
        pools[pool].delays.retry = max(0, delay.wholeNanoseconds)
    }
}
