import MonotonicTime

/// Clients: joining, waiting, leaving.
extension PoolGroup {
    mutating func clientJoined(_ id: PoolID, at now: Instant, into actions: inout [Action]) {
        guard let pool = slot(id) else { return }
        pools[pool].clients += 1
        if pools[pool].limits.minSize > 0 { settle(pool, at: now, into: &actions) }
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
        if shutdown == .waitForServers {
            return actions.append(.reject(client, worker: worker, .shuttingDown))
        }
        if waiter.purpose == .welcome {
            if pools[pool].welcomeReady { return actions.append(.welcome(client, worker: worker)) }
        } else if !isPaused(pool: pool) {
            if pools[pool].waiters.isEmpty, let server = takeIdle(pool, for: waiter.worker, at: now) {
                return link(waiter, to: server, at: now, into: &actions)
            }
            if mustFailFast(pool, at: now) {
                actions.append(.reject(client, worker: worker, .loginHasBeenFailing))
                return probe(pool, worker: waiter.worker, at: now, into: &actions)
            }
        }
        guard waiterSlot(of: waiter.client) == nil else { return }
        enqueue(waiter, pool, atFront: atFront)
        settle(pool, at: now, into: &actions)
    }

    mutating func clientLeft(_ client: ClientID, at now: Instant, into actions: inout [Action]) {
        guard let waiter = waiterSlot(of: client) else { return }
        let pool = waiters[waiter].pool
        dequeue(waiter)
        if pools[pool].unmetByDatabase + pools[pool].unmetByUser > 0 { settle(pool, at: now, into: &actions) }
        touchIfUnused(pool, at: now, into: &actions)
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
        // Workers read the clock each for itself. In order of time the first deadline of a queue is its head's.
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
        // Those before `unnotified` were all told; a newcomer at the front counts as told unless it comes right
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
    /// server to another worker costs more than a transaction. Nobody waits ``homeAdvantage`` longer for that, and where
    /// servers are unevenly spread they move to the clients that wait.
    func nextWaiter(_ pool: Int32, home: UInt16) -> Int32 {
        let first = pools[pool].waiters.first
        guard workerCount > 1, first >= 0, waiters[first].worker != home else { return first }
        let near = waitersByWorker[workerList(pool, home)].first
        guard near >= 0, waiters[near].since < waiters[first].since.after(Self.homeAdvantage) else { return first }
        return near
    }

    /// Nanoseconds. Several transactions long, and far below what anybody notices.
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

    /// Turns away everybody who waits in the pool; O(waiting), each of them once.
    mutating func rejectAll(_ pool: Int32, _ reason: RejectReason, into actions: inout [Action]) {
        while pools[pool].welcomes.first >= 0 { rejectWaiter(pools[pool].welcomes.first, reason, into: &actions) }
        while pools[pool].waiters.first >= 0 { rejectWaiter(pools[pool].waiters.first, reason, into: &actions) }
    }

    /// There is no server and the last log-in failed: queueing would only make the client wait for the same error.
    ///
    /// Source: PgBouncer 1.25.2, `check_fast_fail`.
    @inline(__always)
    private func mustFailFast(_ pool: Int32, at now: Instant) -> Bool {
        guard pools[pool].loginFailed, pools[pool].connected + pools[pool].sentCancels == 0 else { return false }
        guard pools[pool].limits.waitsWhileFailing else { return true }
        return pools[pool].wasRefused && pools[pool].login.isEmpty
            && pools[pool].lastLaunch.after(pools[pool].delays.retry) > now
    }
}
