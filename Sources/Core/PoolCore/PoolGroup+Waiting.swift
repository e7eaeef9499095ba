import MonotonicTime

/// Clients: joining, waiting, leaving.
///
/// Invariants: each waiter is in its pool's `waiters`, or in `welcomes` if that is its purpose, both in the order of
/// `since`; with several workers also in `waitersByWorker`; and `waiterByClient` has its slot. `unnotified` is the
/// first of `waiters` that was not notified, and all before it were.
extension PoolGroup {
    mutating func clientJoined(_ id: PoolID, at now: Instant, into actions: inout [Action]) {
        guard let pool = slot(id) else { return }
        pools[pool].clients += 1
        if pools[pool].limits.minSize > 0 { serve(pool, at: now, into: &actions) }
    }

    mutating func clientParted(_ id: PoolID, at now: Instant, into actions: inout [Action]) {
        guard let pool = slot(id), pools[pool].clients > 0 else { return }
        pools[pool].clients -= 1
        guard pools[pool].clients == 0 else { return }
        pools[pool].lastActive = now
        rearm(pool, at: now)
        removeIfDead(pool, into: &actions)
    }

    mutating func clientWaits(
        _ waiter: WaiterRecord, in id: PoolID, atFront: Bool, at now: Instant, into actions: inout [Action]
    ) {
        let (client, worker) = (waiter.client, WorkerID(rawValue: waiter.worker))
        guard let pool = slot(id), !databases[pools[pool].database].isDead else {
            return actions.append(.reject(client, worker: worker, .databaseRemoved))
        }
        if shutdownMode == .waitForServers {
            return actions.append(.reject(client, worker: worker, .shuttingDown))
        }
        var waiter = waiter
        if waiter.purpose == .welcome {
            if isWelcomeCurrent(pool, at: now) { return actions.append(.welcome(client, worker: worker)) }
        } else if !isPaused(pool: pool) {
            if pools[pool].waiters.isEmpty, let server = takeIdle(pool, for: waiter.worker, at: now) {
                return link(waiter, to: server, at: now, into: &actions)
            }
            if hasOnlyFailures(pool) {
                if mustFailFast(pool, at: now) {
                    return actions.append(.reject(client, worker: worker, .loginHasBeenFailing))
                }
                waiter.leavesOnFailure = !pools[pool].limits.waitsWhileFailing
            }
        }
        guard waiterSlot(of: waiter.client) == nil else { return }
        enqueue(waiter, pool, atFront: atFront)
        if waiter.purpose == .welcome { startConfirming(pool, at: now, into: &actions) }
        serve(pool, at: now, into: &actions)
    }

    mutating func clientLeft(_ client: ClientID, at now: Instant, into actions: inout [Action]) {
        guard let waiter = waiterSlot(of: client) else { return }
        let pool = waiters[waiter].pool
        dequeue(waiter)
        if pools[pool].unmetByDatabase + pools[pool].unmetByUser > 0 { serve(pool, at: now, into: &actions) }
        removeIfLongUnused(pool, at: now, into: &actions)
    }

    /// Whether the client is in a queue; a link that was decided has taken it out.
    package func isWaiting(_ client: ClientID) -> Bool { waiterSlot(of: client) != nil }

    @inline(__always)
    private func waiterSlot(of client: ClientID) -> Int32? {
        let (worker, index) = (Int(client.worker.rawValue), Int(client.slot))
        guard worker < waiterByClient.count, index < waiterByClient[worker].count,
            case let slot = waiterByClient[worker][index], slot >= 0, waiters[slot].client == client
        else { return nil }
        return slot
    }

    private mutating func note(_ slot: Int32, for client: ClientID) {
        let (worker, index) = (Int(client.worker.rawValue), Int(client.slot))
        while waiterByClient.count <= worker { waiterByClient.append([]) }
        while waiterByClient[worker].count <= index { waiterByClient[worker].append(-1) }
        waiterByClient[worker][index] = slot
    }

    private mutating func enqueue(_ waiter: WaiterRecord, _ pool: Int32, atFront: Bool) {
        var waiter = waiter
        // Each worker reads the clock for itself. In the order of time, the head has the first deadline of its queue.
        let queue = waiter.purpose == .welcome ? pools[pool].welcomes : pools[pool].waiters
        if !queue.isEmpty {
            waiter.since =
                atFront ? min(waiter.since, waiters[queue.first].since) : max(waiter.since, waiters[queue.last].since)
        }
        let slot = waiters.insert(waiter)
        waiterLinks.grow(to: waiters.capacity)
        note(slot, for: waiter.client)
        if waiter.purpose != .welcome { enqueueAtWorker(slot, atFront: atFront) }
        if waiter.purpose == .authQuery { pools[pool].authWaiting += 1 }
        guard waiter.purpose != .welcome else {
            return waiterLinks.append(slot, to: &pools[pool].welcomes)
        }
        guard atFront else {
            if pools[pool].unnotified < 0 { pools[pool].unnotified = slot }
            return waiterLinks.append(slot, to: &pools[pool].waiters)
        }
        // All before `unnotified` were notified; a client at the front counts as notified unless it comes right
        // before it.
        if pools[pool].unnotified == pools[pool].waiters.first {
            pools[pool].unnotified = slot
        } else {
            waiters[slot].isNotified = true
        }
        waiterLinks.prepend(slot, to: &pools[pool].waiters)
    }

    private mutating func enqueueAtWorker(_ slot: Int32, atFront: Bool) {
        guard workerCount > 1 else { return }
        waiterWorkerLinks.grow(to: waiters.capacity)
        let list = workerList(waiters[slot].pool, waiters[slot].worker)
        if atFront {
            waiterWorkerLinks.prepend(slot, to: &waitersByWorker[list])
        } else {
            waiterWorkerLinks.append(slot, to: &waitersByWorker[list])
        }
    }

    /// The client that gets a server which has come free at `home`.
    ///
    /// The one that waits longest; but one of the same worker comes first if it waits nearly as long, because taking a
    /// server to another worker costs more than a transaction. No client waits longer than ``homeAdvantage`` more for
    /// that, and where servers are unevenly distributed they move to the clients that wait.
    // Inlined, because a call that does not mutate the group copies it.
    @inline(__always)
    func nextWaiter(_ pool: Int32, home: UInt16) -> Int32 {
        let first = pools[pool].waiters.first
        guard workerCount > 1, first >= 0, waiters[first].worker != home else { return first }
        let near = waitersByWorker[workerList(pool, home)].first
        guard near >= 0, waiters[near].since < waiters[first].since.after(Self.homeAdvantage) else { return first }
        return near
    }

    /// Nanoseconds. Several transactions long, and far below what a user notices.
    static var homeAdvantage: Int64 { 10_000_000 }

    /// Ends a wait, whatever its outcome.
    mutating func dequeue(_ slot: Int32) {
        let waiter = waiters[slot]
        if waiter.purpose == .welcome {
            waiterLinks.remove(slot, from: &pools[waiter.pool].welcomes)
        } else {
            if pools[waiter.pool].unnotified == slot {
                pools[waiter.pool].unnotified = waiterLinks.next(after: slot)
            }
            waiterLinks.remove(slot, from: &pools[waiter.pool].waiters)
            if workerCount > 1 {
                waiterWorkerLinks.remove(slot, from: &waitersByWorker[workerList(waiter.pool, waiter.worker)])
            }
            if waiter.purpose == .authQuery { pools[waiter.pool].authWaiting -= 1 }
        }
        waiterByClient[Int(waiter.client.worker.rawValue)][Int(waiter.client.slot)] = -1
        waiters.remove(slot)
    }

    mutating func rejectWaiter(_ slot: Int32, _ reason: RejectReason, into actions: inout [Action]) {
        let waiter = waiters[slot]
        dequeue(slot)
        actions.append(.reject(waiter.client, worker: WorkerID(rawValue: waiter.worker), reason))
    }

    /// Rejects every client that waits in the pool. O(them)
    mutating func rejectAll(_ pool: Int32, _ reason: RejectReason, into actions: inout [Action]) {
        while pools[pool].welcomes.first >= 0 { rejectWaiter(pools[pool].welcomes.first, reason, into: &actions) }
        while pools[pool].waiters.first >= 0 { rejectWaiter(pools[pool].waiters.first, reason, into: &actions) }
    }

    /// There is no server and the last log-in failed.
    ///
    /// Source: PgBouncer 1.25.2, `check_fast_fail`.
    @inline(__always)
    private func hasOnlyFailures(_ pool: Int32) -> Bool {
        pools[pool].loginFailed && pools[pool].connected + pools[pool].sentCancels == 0
    }

    /// It is too early for the next attempt, so queueing would only make the client wait for the same error.
    ///
    /// PgBouncer fails the client whatever the time, and makes the next attempt without it: after an outage its first
    /// clients are told of an error that is over.
    private func mustFailFast(_ pool: Int32, at now: Instant) -> Bool {
        guard !pools[pool].limits.waitsWhileFailing || pools[pool].wasRefused else { return false }
        return !pools[pool].mayRetryNow && pools[pool].login.isEmpty
            && pools[pool].lastLaunch.after(pools[pool].delays.retry) > now
    }

    /// Rejects the clients that came while log-ins failed: the attempt they waited for has failed, too.
    mutating func rejectTentative(_ pool: Int32, into actions: inout [Action]) {
        var next = pools[pool].waiters.first
        while case let slot = next, slot >= 0 {
            next = waiterLinks.next(after: slot)
            if waiters[slot].leavesOnFailure { rejectWaiter(slot, .loginHasBeenFailing, into: &actions) }
        }
    }

    /// A log-in has succeeded: clients that came while none did wait like all others. O(waiting)
    mutating func keepTentative(_ pool: Int32) {
        var next = pools[pool].waiters.first
        while case let slot = next, slot >= 0 {
            next = waiterLinks.next(after: slot)
            waiters[slot].leavesOnFailure = false
        }
    }
}
