import MonotonicTime

/// Cancel requests: each needs a connection of its own, and must hit the query it was meant for.
///
/// A request that has not been sent when its server is released is dropped; one that has been sent keeps its server
/// out of use (`being_canceled`) until it is finished, so that no other client's query is hit.
///
/// Invariants: a request that is not sent is in its pool's list for its stage and in its server's `unsentCancels`; one
/// that is sent is counted in `sentCancels` of both; `cancelByID` has the slot of each.
extension PoolGroup {
    mutating func cancelRequested(
        _ cancel: CancelID, target: ServerID, worker: WorkerID, at now: Instant, into actions: inout [Action]
    ) {
        guard cancelByID[cancel.rawValue] == nil else { return }
        guard let server = slot(target), servers[server].place == .active else {
            return actions.append(.rejectCancel(cancel, worker: worker, .clientIsIdle))
        }
        let pool = servers[server].pool
        let slot = cancels.insert(
            CancelRecord(
                id: cancel.rawValue, pool: pool, target: target, worker: worker.rawValue, since: now))
        cancelLinks.grow(to: cancels.capacity)
        targetLinks.grow(to: cancels.capacity)
        cancelByID[cancel.rawValue] = slot
        cancelLinks.append(slot, to: &pools[pool].queuedCancels)
        targetLinks.append(slot, to: &servers[server].unsentCancels)
        openCancels(pool, into: &actions)
        armSoon(pool, now.after(pools[pool].delays.cancelWait))
    }

    /// Opens connections for queued requests: `pool_size` at once, beside the pool's own.
    private mutating func openCancels(_ pool: Int32, into actions: inout [Action]) {
        let most = pools[pool].limits.size
        while case let slot = pools[pool].queuedCancels.first, slot >= 0,
            most == 0 || pools[pool].connectingCancels.count + pools[pool].sentCancels < most
        {
            cancelLinks.remove(slot, from: &pools[pool].queuedCancels)
            cancelLinks.append(slot, to: &pools[pool].connectingCancels)
            cancels[slot].stage = .connecting
            let record = cancels[slot]
            actions.append(
                .openCancel(
                    CancelID(rawValue: record.id), target: record.target, worker: WorkerID(rawValue: record.worker)))
        }
    }

    mutating func cancelConnected(_ cancel: CancelID, into actions: inout [Action]) {
        guard let slot = cancelByID[cancel.rawValue], cancels[slot].stage == .connecting,
            let server = self.slot(cancels[slot].target)
        else { return }
        let record = cancels[slot]
        cancelLinks.remove(slot, from: &pools[record.pool].connectingCancels)
        targetLinks.remove(slot, from: &servers[server].unsentCancels)
        cancels[slot].stage = .sent
        pools[record.pool].sentCancels += 1
        servers[server].sentCancels += 1
        actions.append(.sendCancel(cancel, target: record.target, worker: WorkerID(rawValue: record.worker)))
    }

    mutating func cancelFinished(_ cancel: CancelID, at now: Instant, into actions: inout [Action]) {
        guard let slot = cancelByID[cancel.rawValue] else { return }
        let record = cancels[slot]
        drop(slot)
        if record.stage == .sent, let server = self.slot(record.target) {
            servers[server].sentCancels -= 1
            if servers[server].sentCancels == 0, servers[server].place == .beingCanceled {
                canceled(server, at: now, into: &actions)
            }
        }
        openCancels(record.pool, into: &actions)
        if pools[record.pool].isUnused { pools[record.pool].lastActive = now }
        removeIfLongUnused(record.pool, at: now, into: &actions)
        removeIfDead(record.pool, into: &actions)
    }

    /// The last cancel request for a released server is finished.
    private mutating func canceled(_ server: Int32, at now: Instant, into actions: inout [Action]) {
        if let reason = closeOnRelease(server, at: now) {
            return closeReleased(server, reason, at: now, into: &actions)
        }
        finishRelease(server, at: now, into: &actions)
    }

    /// The query is over: requests for it that have not been sent must not be sent.
    mutating func dropUnsentCancels(_ server: Int32, at now: Instant, into actions: inout [Action]) {
        guard servers[server].unsentCancels.first >= 0 else { return }
        let pool = servers[server].pool
        while case let slot = servers[server].unsentCancels.first, slot >= 0 {
            rejectCancel(slot, .clientIsIdle, into: &actions)
        }
        openCancels(pool, into: &actions)
    }

    mutating func expireCancels(_ pool: Int32, at now: Instant, into actions: inout [Action]) {
        let delay = pools[pool].delays.cancelWait
        while case let slot = pools[pool].connectingCancels.first, slot >= 0,
            cancels[slot].since.after(delay) <= now
        {
            rejectCancel(slot, .cancelWaitTimeout, into: &actions)
        }
        while case let slot = pools[pool].queuedCancels.first, slot >= 0, cancels[slot].since.after(delay) <= now {
            rejectCancel(slot, .cancelWaitTimeout, into: &actions)
        }
        openCancels(pool, into: &actions)
    }

    /// `KILL`: drops the requests that have not been sent.
    mutating func rejectCancels(_ pool: Int32, into actions: inout [Action]) {
        while pools[pool].connectingCancels.first >= 0 {
            rejectCancel(pools[pool].connectingCancels.first, .databaseRemoved, into: &actions)
        }
        while pools[pool].queuedCancels.first >= 0 {
            rejectCancel(pools[pool].queuedCancels.first, .databaseRemoved, into: &actions)
        }
    }

    private mutating func rejectCancel(_ slot: Int32, _ reason: CancelRejection, into actions: inout [Action]) {
        let record = cancels[slot]
        drop(slot)
        actions.append(
            .rejectCancel(CancelID(rawValue: record.id), worker: WorkerID(rawValue: record.worker), reason))
    }

    private mutating func drop(_ slot: Int32) {
        let record = cancels[slot]
        switch record.stage {
        case .queued: cancelLinks.remove(slot, from: &pools[record.pool].queuedCancels)
        case .connecting: cancelLinks.remove(slot, from: &pools[record.pool].connectingCancels)
        case .sent: pools[record.pool].sentCancels -= 1
        }
        if record.stage != .sent, let server = self.slot(record.target) {
            targetLinks.remove(slot, from: &servers[server].unsentCancels)
        }
        cancelByID[record.id] = nil
        cancels.remove(slot)
    }
}
