import MonotonicTime
import PoolCore

/// From the wish to open a connection to its end.
extension PoolState {
    /// What opens the connection.
    ///
    /// - Returns: whether nobody wants it any more.
    mutating func note(_ opening: Task<Void, Never>, for id: ServerID) -> Bool {
        guard var entry = self[id], entry.server == nil else { return false }
        entry.opening = opening
        self[id] = entry
        return entry.closure != nil
    }

    /// A connection is open.
    ///
    /// - Returns: whether anybody wants it; if not, it has to be closed, and then ``gone(_:at:_:)`` be told.
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
            retirements.insert(id, at: end, living: limits.size) { name in
                entries.contains { $0?.id == name }
            }
        }
        handle(.serverLoggedIn(id), at: now, &effects)
        return true
    }

    /// A connection could not be opened.
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
            // The group counts from the start of an attempt.
            limits.loginRetry = now.duration(since: lastLaunch) + delay
            group.setLoginRetry(limits.loginRetry, of: pool)
        }
        effects.append(
            .report(
                .connectFailed(
                    error, took: now.duration(since: entry.launchedAt),
                    retryIn: limits.loginRetry - now.duration(since: lastLaunch))))
        let isHopeless = error.isPermanent || member > 0
        handle(.connectFailed(id, isHopeless ? .login(failWaiters: true) : .network), at: now, &effects)
    }

    /// A check or a reset has come to its end.
    mutating func tested(_ id: ServerID, _ isGood: Bool, at now: Instant, _ effects: inout Effects) {
        guard var entry = self[id], entry.closure == nil else { return }
        if isGood { entry.isSuspect = false }
        self[id] = entry
        if isGood { handle(.serverReady(id), at: now, &effects) }
    }

    /// The connection is bad and is about to be closed at once.
    mutating func condemn(_ id: ServerID, _ closure: PoolClosure) {
        guard var entry = self[id] else { return }
        entry.closure = entry.closure ?? closure
        self[id] = entry
    }

    /// The connection is closed, whoever closed it.
    mutating func gone(_ id: ServerID, at now: Instant, _ effects: inout Effects) {
        guard let entry = self[id] else { return }
        self[id] = nil
        handle(.serverLost(id), at: now, &effects)
        if let server = entry.server {
            let closure = entry.closure ?? .lost
            counts.destroyed[closure, default: 0] += 1
            effects.append(.report(.destroyed(closure, address: server.address)))
            if closure == .failedCheck { giveUpOlder(than: entry, at: now, &effects) }
            if closure == .lost || closure == .failedCheck { suspectAll(at: now, &effects) }
        }
    }

    /// What was idle for as long as a connection that failed its check, to the same server, is hardly any better; to
    /// find that out one by one could take longer than any caller waits.
    private mutating func giveUpOlder(than failed: PoolEntry<Server>, at now: Instant, _ effects: inout Effects) {
        for case var entry? in entries
        where entry.lease == nil && entry.closure == nil && entry.freeSince <= failed.freeSince
            && entry.server?.address == failed.server?.address && entry.server != nil
        {
            entry.doom = .failedCheck
            self[entry.id] = entry
            handle(.serverObsolete(entry.id), at: now, &effects)
        }
    }
}
