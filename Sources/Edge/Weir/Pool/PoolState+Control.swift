import MonotonicTime
import PoolCore

/// What the application may do with the whole pool.
extension PoolState {
    /// Keeps from now on the least numbers of connections that the settings ask for, and reports gauges.
    mutating func start(hasMetrics: Bool, at now: Instant, _ effects: inout Effects) {
        if hasMetrics { gaugesAt = now + settings.metricsInterval }
        guard settings.minimumConnections > 0 || settings.minimumIdleConnections > 0 else { return }
        limits.minSize = settings.minimumConnections
        limits.minIdle = settings.minimumIdleConnections
        applyLimits(at: now, &effects)
    }

    mutating func resize(minimum: Int?, maximum: Int, at now: Instant, _ effects: inout Effects) {
        let minimum = min(max(0, minimum ?? settings.minimumConnections), maximum)
        settings.maximumConnections = maximum
        settings.minimumConnections = minimum
        limits.size = maximum
        limits.minSize = minimum
        limits.minIdle = min(limits.minIdle, maximum)
        applyLimits(at: now, &effects)
    }

    private mutating func applyLimits(at now: Instant, _ effects: inout Effects) {
        change(at: now, &effects) { [limits, pool] group, actions in
            group.setLimits(limits, of: pool, at: now, into: &actions)
        }
    }

    /// Every connection there is will be closed as soon as nobody uses it.
    mutating func expire(at now: Instant, _ effects: inout Effects) {
        forEachEntry { $0.doom = .expired }
        handle(.reconnect(nil), at: now, &effects)
    }

    /// Wakes up `waiter` when none of the connections is left that are to be closed.
    mutating func awaitExpired(_ waiter: CheckedContinuation<Void, Never>, at now: Instant, _ effects: inout Effects) {
        drainers.append(waiter)
        handle(.waitClose(nil), at: now, &effects)
    }

    mutating func pause(at now: Instant, _ effects: inout Effects) { handle(.pause(nil), at: now, &effects) }

    mutating func awaitPaused(_ waiter: CheckedContinuation<Void, Never>, at now: Instant, _ effects: inout Effects) {
        pausers.append(waiter)
        handle(.pause(nil), at: now, &effects)
    }

    mutating func resume(at now: Instant, _ effects: inout Effects) {
        handle(.resume(nil), at: now, &effects)
        if !isClosing { Self.settle(&pausers, &effects) }
    }

    /// Turns away who waits, closes what is free, and cuts the rest off at `deadline`.
    mutating func close(deadline: Instant, at now: Instant, _ effects: inout Effects) {
        cutAt = min(cutAt, deadline)
        guard !isClosing else { return }
        isClosing = true
        handle(.shutDown(.waitForServers), at: now, &effects)
    }

    /// Closes every connection, whoever uses it.
    mutating func cut(at now: Instant, _ effects: inout Effects) {
        cutAt = .never
        isClosing = true
        for case let entry? in entries where entry.closure != nil {
            if let server = entry.server { effects.append(.abort(entry.id, server)) }
        }
        handle(.shutDown(.waitForServers), at: now, &effects)
        handle(.kill(nil), at: now, &effects)
    }

    /// Wakes up `waiter` when the pool is closed.
    mutating func awaitClosed(_ waiter: CheckedContinuation<Void, Never>, _ effects: inout Effects) {
        if isClosed { effects.append(.settled(waiter)) } else { closers.append(waiter) }
    }

    /// The last attempt to connect failed, and there is no connection, or it lends nothing. Makes another attempt if it
    /// is time for one.
    mutating func isOut(at now: Instant, _ effects: inout Effects) -> Bool {
        if isClosing || group.isPaused(nil) { return true }
        guard failure != nil, statistics.total == 0 else { return false }
        change(at: now, &effects) { [pool] group, actions in group.probe(pool, at: now, into: &actions) }
        return true
    }

    /// The whole of what is going on. O(1) but for the reasons of closures.
    var statistics: PoolStatistics {
        var all = counts
        all.maximum = limits.size
        all.isPaused = !isClosing && group.isPaused(nil)
        all.waiting = callers.waiting
        all.lastError = failure?.error.headline(verbose: false)
        guard let counts = group.counts(of: pool) else { return all }
        all.idle = counts.svIdle + counts.svUsed
        all.inUse = counts.svActive
        all.testing = counts.svTested
        all.connecting = counts.svLogin
        all.closing = counts.svClosing
        all.total = all.idle + all.inUse + all.testing
        return all
    }
}
