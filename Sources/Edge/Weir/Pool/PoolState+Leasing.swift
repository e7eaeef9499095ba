import MonotonicTime
import PoolCore

/// Leases, from the request for a connection to its release.
extension PoolState {
    /// The immediate result of a request for a connection.
    enum AcquireResult {
        case answered(PoolCallers<Server>.Answer)
        /// The caller has to wait, under this ID.
        case waits(ClientID)
    }

    mutating func requestLease(
        _ origin: SourceLocation, since: Instant, deadline: Instant, atFront: Bool, at now: Instant,
        _ effects: inout Effects
    ) -> AcquireResult {
        if let most = settings.maximumWaiters, callers.waiting >= most, !hasIdleConnection {
            counts.refused += 1
            effects.append(.report(.refused))
            return .answered(.failure(waiterLimitError(origin, at: now)))
        }
        shortenRetryDelay(for: deadline, at: now)
        let client = callers.add(group.makeID(), origin: origin, since: since)
        handle(
            .clientWaits(
                client, pool, worker: WorkerID(rawValue: 0), for: .server, since: since, atFront: atFront),
            at: now, &effects)
        if limits.minIdle > 0 {
            change(at: now, &effects) { [pool] group, actions in group.fill(pool, at: now, into: &actions) }
        }
        if callers[client] != nil {
            if deadline <= now { expire(client, at: now, &effects) }
            if deadline < .never, callers[client] != nil { setDeadline(deadline, of: client) }
        }
        if let answer = callers.takeAnswer(client) { return .answered(answer) }
        return .waits(client)
    }

    /// Shortens the retry delay so that every waiting caller sees at least one attempt to connect: none spends more
    /// than half of its time, or ``PostgresPool/Configuration/retryDelay``, in the delay after a failure.
    private mutating func shortenRetryDelay(for deadline: Instant, at now: Instant) {
        guard let failure, deadline < .never, member == 0, !failure.error.isPermanent else { return }
        let pause = max(settings.retryDelay, deadline.duration(since: now) / 2)
        let due = failure.at + pause
        guard due < lastLaunch + limits.loginRetry else { return }
        limits.loginRetry = due.duration(since: lastLaunch)
        group.setLoginRetry(limits.loginRetry, of: pool)
    }

    private mutating func setDeadline(_ deadline: Instant, of client: ClientID) {
        let callers = callers
        waits.insert(client, at: deadline, liveCount: callers.waiting) { callers[$0] != nil }
    }

    private var hasIdleConnection: Bool {
        guard let counts = group.counts(of: pool) else { return false }
        return counts.svIdle + counts.svUsed > 0
    }

    /// Fails a caller whose time limit has expired.
    mutating func expire(_ client: ClientID, at now: Instant, _ effects: inout Effects) {
        guard let caller = callers[client] else { return }
        counts.timeouts += 1
        effects.append(.report(.timedOut))
        leave(client, timeoutError(caller, at: now), at: now, &effects)
    }

    /// Removes a caller whose task was cancelled. Does nothing if it has its answer: then it has a connection to
    /// release.
    mutating func cancel(_ client: ClientID, at now: Instant, _ effects: inout Effects) {
        guard let caller = callers[client] else { return }
        counts.cancellations += 1
        effects.append(.report(.cancelled))
        let error = PostgresError(.cancelled, "the task was cancelled while it waited for a connection")
        leave(client, error.with(origin: caller.origin), at: now, &effects)
    }

    private mutating func leave(
        _ client: ClientID, _ error: PostgresError, at now: Instant, _ effects: inout Effects
    ) {
        answer(client, .failure(error), &effects)
        handle(.clientLeft(client), at: now, &effects)
    }

    private mutating func answer(
        _ client: ClientID, _ answer: PoolCallers<Server>.Answer, _ effects: inout Effects
    ) {
        if let continuation = callers.answer(client, answer) { effects.append(.answer(continuation, answer)) }
    }

    mutating func link(_ client: ClientID, _ id: ServerID, at now: Instant, _ effects: inout Effects) {
        guard let caller = callers[client], let server = self[id]?.server else { return }
        let lease = Lease(server: server, id: id, member: member, origin: caller.origin, since: now)
        entries[Int(id.slot)]?.lease = lease
        entries[Int(id.slot)]?.isLeakReported = false
        entries[Int(id.slot)]?.idleTransaction = nil
        counts.acquired += 1
        let wait = now.duration(since: caller.since)
        if caller.continuation != nil {
            counts.waited += 1
            counts.totalWait += wait
            counts.longestWait = max(counts.longestWait, wait)
        }
        if leaksAt == .never, let threshold = settings.leakThreshold { leaksAt = now + threshold }
        if watchAt == .never, let threshold = settings.idleTransactionThreshold { watchAt = now + threshold / 2 }
        answer(client, .success(lease), &effects)
    }

    mutating func reject(
        _ client: ClientID, _ reason: PoolGroup.RejectReason, at now: Instant, _ effects: inout Effects
    ) {
        guard let caller = callers[client] else { return }
        let error =
            switch reason {
            case .loginFailed, .loginHasBeenFailing: failure?.error
            case .waitTimeout, .queryTimeout, .shuttingDown, .databaseRemoved: nil as PostgresError?
            }
        answer(client, .failure((error ?? Self.closedError).with(origin: caller.origin)), &effects)
    }

    static var closedError: PostgresError { PostgresError(.poolClosed, "the pool is closed") }

    /// Records the end of a lease. `isOpen` and `isClean` were read from the connection.
    mutating func release(
        _ lease: Lease<Server>, isOpen: Bool, isClean: Bool, at now: Instant, _ effects: inout Effects
    ) {
        let use = now.duration(since: lease.since)
        counts.totalUse += use
        if lease.isSuspect { suspectAll(at: now, &effects) }
        guard let id = lease.id, var entry = self[id], entry.lease === lease else { return }
        entry.lease = nil
        entry.freeSince = now
        self[id] = entry
        if entry.isLeakReported { effects.append(.report(.leakReleased(origin: lease.origin, held: use))) }
        guard isOpen else { return connectionClosed(id, at: now, &effects) }
        guard entry.closure == nil else { return }
        let isUsable = isClean && !entry.isSuspect
        handle(isUsable ? .serverReleased(id) : .serverNeedsReset(id), at: now, &effects)
    }

    /// Records that a connection was already closed when it was leased; the caller has not received it.
    mutating func discard(_ lease: Lease<Server>, at now: Instant, _ effects: inout Effects) {
        counts.acquired -= 1
        guard let id = lease.id, let entry = self[id], entry.lease === lease else { return }
        entries[Int(id.slot)]?.lease = nil
        connectionClosed(id, at: now, &effects)
    }

    /// Marks all connections for a check before they are leased again, after an event that may affect all of them.
    mutating func suspectAll(at now: Instant, _ effects: inout Effects) {
        guard !isClosing else { return }
        effects.append(.report(.suspected))
        forEachEntry { if $0.server != nil { $0.isSuspect = true } }
        change(at: now, &effects) { [pool] group, actions in group.suspectIdle(of: pool, at: now, into: &actions) }
    }
}
