import MonotonicTime
import PoolCore

/// Operations on the whole pool.
extension PoolState {
    /// Starts to maintain the minimum numbers of connections of the settings, and to report gauges.
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

    /// Closes every existing connection as soon as it is idle.
    mutating func expire(at now: Instant, _ effects: inout Effects) {
        forEachEntry { $0.pendingClosure = .expired }
        handle(.reconnect(nil), at: now, &effects)
    }

    /// Resumes `waiter` when none of the connections that are to be closed is left.
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
        if !isClosing { Self.resumeAll(&pausers, &effects) }
    }

    /// Fails the waiting callers, closes idle connections, and closes the rest at `deadline`.
    mutating func close(deadline: Instant, at now: Instant, _ effects: inout Effects) {
        closeDeadline = min(closeDeadline, deadline)
        guard !isClosing else { return }
        isClosing = true
        handle(.shutDown(.waitForServers), at: now, &effects)
    }

    /// Closes every connection, including leased ones.
    mutating func closeImmediately(at now: Instant, _ effects: inout Effects) {
        closeDeadline = .never
        isClosing = true
        for case let entry? in entries where entry.closure != nil {
            if let server = entry.server { effects.append(.abort(entry.id, server)) }
        }
        handle(.shutDown(.waitForServers), at: now, &effects)
        handle(.kill(nil), at: now, &effects)
    }

    /// Resumes `waiter` when the pool is closed.
    mutating func awaitClosed(_ waiter: CheckedContinuation<Void, Never>, _ effects: inout Effects) {
        if isClosed { effects.append(.resume(waiter)) } else { closers.append(waiter) }
    }

    /// Returns whether the last attempt to connect failed and no connection is open, or the pool grants no leases.
    /// Starts another attempt if one is due.
    mutating func isUnavailable(at now: Instant, _ effects: inout Effects) -> Bool {
        if isClosing || group.isPaused(nil) { return true }
        guard failure != nil, statistics.total == 0 else { return false }
        change(at: now, &effects) { [pool] group, actions in group.probe(pool, at: now, into: &actions) }
        return true
    }

    /// The current statistics. O(1) but for the reasons of closures.
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
