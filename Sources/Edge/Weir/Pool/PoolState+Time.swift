import MonotonicTime
import PoolCore

/// Decisions that depend on the passing of time.
extension PoolState {
    mutating func timePassed(at now: Instant, _ effects: inout Effects) {
        armedAt = .never
        if let due = group.nextDeadline, due <= now { handle(.timePassed, at: now, &effects) }
        while let client = waits.popDue(at: now) { expire(client, at: now, &effects) }
        while let id = lifetimeEnds.popDue(at: now) { retire(id, at: now, &effects) }
        if leaksAt <= now { reportLeaks(at: now, &effects) }
        if gaugesAt <= now {
            gaugesAt = now + settings.metricsInterval
            effects.append(.report(.gauges(statistics)))
        }
        if closeDeadline <= now { closeImmediately(at: now, &effects) }
    }

    /// Marks a connection whose lifetime has ended to be closed when it is idle.
    private mutating func retire(_ id: ServerID, at now: Instant, _ effects: inout Effects) {
        guard var entry = self[id], entry.closure == nil else { return }
        entry.pendingClosure = .lifetime
        self[id] = entry
        handle(.serverObsolete(id), at: now, &effects)
    }

    private mutating func reportLeaks(at now: Instant, _ effects: inout Effects) {
        leaksAt = .never
        guard let threshold = settings.leakThreshold else { return }
        for entry in entries {
            guard let entry, let lease = entry.lease, !entry.isLeakReported else { continue }
            let due = lease.since + threshold
            guard due <= now else {
                leaksAt = min(leaksAt, due)
                continue
            }
            var reported = entry
            reported.isLeakReported = true
            self[entry.id] = reported
            counts.leaks += 1
            effects.append(.report(.leaked(origin: lease.origin, held: now.duration(since: lease.since))))
        }
    }

    // MARK: Idle transactions

    /// Returns the leases to be inspected, without the lock, for abandoned transactions; none if no inspection is due.
    mutating func watched(at now: Instant) -> [Lease<Server>] {
        guard watchAt <= now, let threshold = settings.idleTransactionThreshold else { return [] }
        let leases = entries.compactMap { $0?.lease }
        watchAt = leases.isEmpty ? .never : now + threshold / 2
        return leases
    }

    /// Records the result of inspecting one lease.
    mutating func watched(_ lease: Lease<Server>, _ number: UInt64?, at now: Instant, _ effects: inout Effects) {
        guard let threshold = settings.idleTransactionThreshold, let id = lease.id, var entry = self[id],
            entry.lease === lease
        else { return }
        switch (number, entry.idleTransaction) {
        case (nil, _): entry.idleTransaction = nil
        case (let number?, let seen?) where seen.number == number:
            guard !seen.isReported, seen.since + threshold <= now else { return }
            entry.idleTransaction?.isReported = true
            let idle = now.duration(since: seen.since)
            effects.append(.report(.idleTransaction(origin: lease.origin, idle: idle)))
        case (let number?, _): entry.idleTransaction = (number, now, false)
        }
        self[id] = entry
    }
}
