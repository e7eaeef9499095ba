import MonotonicTime
import PoolCore

/// The life of a connection, from the decision to open it to its end.
extension PoolState {
    /// Records the task that opens a connection.
    ///
    /// - Returns: whether the connection is no longer needed.
    mutating func setOpening(_ opening: Task<Void, Never>, for id: ServerID) -> Bool {
        guard var entry = self[id], entry.server == nil else { return false }
        entry.opening = opening
        self[id] = entry
        return entry.closure != nil
    }

    /// Records that a connection is open.
    ///
    /// - Returns: whether it is still needed; if not, the driver has to close it and then call
    ///   ``connectionClosed(_:at:_:)``.
    mutating func opened(_ id: ServerID, _ server: Server, at now: Instant, _ effects: inout Effects) -> Bool {
        guard var entry = self[id] else { return false }
        entry.opening = nil
        entry.server = server
        entry.freeSince = now
        self[id] = entry
        guard entry.closure == nil else { return false }
        counts.created += 1
        effects.append(.report(.created(address: server.address, took: now.duration(since: entry.launchedAt))))
        backoff.succeeded()
        failure = nil
        if let lifetime = settings.maximumLifetime {
            let jitter = min(settings.lifetimeJitter ?? lifetime / 20, lifetime)
            let end = entry.launchedAt + (lifetime - jitter * Double.random(in: 0...1, using: &random))
            let entries = entries
            lifetimeEnds.insert(id, at: end, liveCount: limits.size) { name in
                entries.contains { $0?.id == name }
            }
        }
        handle(.serverLoggedIn(id), at: now, &effects)
        return true
    }

    /// Records that a connection could not be opened.
    mutating func openFailed(_ id: ServerID, _ error: PostgresError, at now: Instant, _ effects: inout Effects) {
        guard let entry = self[id] else { return }
        self[id] = nil
        guard entry.closure == nil else {
            return handle(.connectFailed(id, .network), at: now, &effects)
        }
        counts.connectFailures += 1
        failure = (error, now)
        if entry.launchedAt >= failuresCountFrom {
            let delay = backoff.failed(using: &random)
            failuresCountFrom = now
            // The group counts the delay from the start of an attempt.
            limits.loginRetry = now.duration(since: lastLaunch) + delay
            group.setLoginRetry(limits.loginRetry, of: pool)
        }
        effects.append(
            .report(
                .connectFailed(
                    error, took: now.duration(since: entry.launchedAt),
                    retryIn: limits.loginRetry - now.duration(since: lastLaunch))))
        let failsWaiters = error.isPermanent || member > 0
        handle(.connectFailed(id, failsWaiters ? .login(failWaiters: true) : .network), at: now, &effects)
    }

    /// Records the result of a check or a reset.
    mutating func tested(_ id: ServerID, _ isGood: Bool, at now: Instant, _ effects: inout Effects) {
        guard var entry = self[id], entry.closure == nil else { return }
        if isGood { entry.isSuspect = false }
        self[id] = entry
        if isGood { handle(.serverReady(id), at: now, &effects) }
    }

    /// Records that the connection is unusable and about to be closed at once.
    mutating func markClosing(_ id: ServerID, _ closure: PoolClosure) {
        guard var entry = self[id] else { return }
        entry.closure = entry.closure ?? closure
        self[id] = entry
    }

    /// Records that the connection is closed, no matter which side closed it.
    mutating func connectionClosed(_ id: ServerID, at now: Instant, _ effects: inout Effects) {
        guard let entry = self[id] else { return }
        self[id] = nil
        handle(.serverLost(id), at: now, &effects)
        if let server = entry.server {
            let closure = entry.closure ?? .lost
            counts.destroyed[closure, default: 0] += 1
            effects.append(.report(.destroyed(closure, address: server.address)))
            if closure == .failedCheck { closeLongerIdle(than: entry, at: now, &effects) }
            if closure == .lost || closure == .failedCheck { suspectAll(at: now, &effects) }
        }
    }

    /// Closes connections to the same server that have been idle for at least as long as one that failed its check,
    /// because they are probably broken as well; checking them one by one could take longer than any caller waits.
    private mutating func closeLongerIdle(than failed: PoolEntry<Server>, at now: Instant, _ effects: inout Effects) {
        for case var entry? in entries
        where entry.lease == nil && entry.closure == nil && entry.freeSince <= failed.freeSince
            && entry.server?.address == failed.server?.address && entry.server != nil
        {
            entry.pendingClosure = .failedCheck
            self[entry.id] = entry
            handle(.serverObsolete(entry.id), at: now, &effects)
        }
    }
}
