import MonotonicTime

/// Waiting clients and cancel requests.
extension InvariantCheck {
    mutating func checkWaiters() {
        var all: [Int32] = []
        for slot in pools {
            let pool = group.pools[slot]
            let waiting = members(pool.waiters, group.waiterLinks, "waiters of pool \(slot)")
            let welcomes = members(pool.welcomes, group.waiterLinks, "welcomes of pool \(slot)")
            all += waiting + welcomes
            for waiter in waiting + welcomes {
                expect(group.waiters[waiter].pool == slot, "waiter \(waiter) is in the queue of another pool")
            }
            expect(waiting.allSatisfy { group.waiters[$0].purpose != .welcome }, "a queue of pool \(slot) is mixed up")
            expect(
                welcomes.allSatisfy { group.waiters[$0].purpose == .welcome }, "welcomes of pool \(slot) are mixed up")
            for queue in [waiting, welcomes] {
                let times = queue.map { group.waiters[$0].since }
                expect(times == times.sorted(), "a queue of pool \(slot) is out of order")
            }
            let waitingForAuth = waiting.count { group.waiters[$0].purpose == .authQuery }
            expect(pool.authWaiting == waitingForAuth, "authWaiting of pool \(slot) is miscounted")
            checkUnnotified(slot, waiting)
            if group.workerCount > 1 { checkWaiters(slot, waiting) }
        }
        expect(Set(all).count == group.waiters.count && all.count == Set(all).count, "waiters are lost or queued twice")
        for slot in all {
            let client = group.waiters[slot].client
            let (worker, index) = (Int(client.worker.rawValue), Int(client.slot))
            expect(group.waiterByClient[worker][index] == slot, "waiter \(slot) is not found by its client")
        }
        let found = group.waiterByClient.reduce(0) { $0 + $1.count { $0 >= 0 } }
        expect(found == all.count, "clients are found that do not wait")
    }

    mutating func checkUnnotified(_ slot: Int32, _ waiting: [Int32]) {
        let first = group.pools[slot].unnotified
        guard let index = waiting.firstIndex(of: first) else {
            return expect(first == -1, "unnotified of pool \(slot) does not wait")
        }
        for waiter in waiting[..<index] where group.waiters[waiter].purpose == .server {
            expect(group.waiters[waiter].isNotified, "waiter \(waiter) will not be notified")
        }
    }

    mutating func checkWaiters(_ slot: Int32, _ waiting: [Int32]) {
        for worker in 0..<UInt16(group.workerCount) {
            let list = group.waitersByWorker[group.workerList(slot, worker)]
            let found = members(list, group.waiterWorkerLinks, "waiters of pool \(slot) at \(worker)")
            expect(
                found == waiting.filter { group.waiters[$0].worker == worker },
                "waiters of pool \(slot) at \(worker) are wrong")
        }
    }

    mutating func checkCancels() {
        for slot in pools {
            let pool = group.pools[slot]
            let queued = members(pool.queuedCancels, group.cancelLinks, "queuedCancels of pool \(slot)")
            let connecting = members(pool.connectingCancels, group.cancelLinks, "connectingCancels of pool \(slot)")
            expect(queued.allSatisfy { group.cancels[$0].stage == .queued }, "queuedCancels of pool \(slot) is wrong")
            expect(
                connecting.allSatisfy { group.cancels[$0].stage == .connecting },
                "connectingCancels of pool \(slot) is wrong")
        }
        let living = group.cancelByID.values.map { group.cancels[$0] }
        expect(living.count == group.cancels.count, "cancel requests are not found by their numbers")
        for slot in pools {
            let sent = living.count { $0.pool == slot && $0.stage == .sent }
            expect(group.pools[slot].sentCancels == sent, "sentCancels of pool \(slot) is miscounted")
        }
        for slot in servers {
            let sent = living.count { $0.target == group.id(ofServer: slot) && $0.stage == .sent }
            expect(group.servers[slot].sentCancels == sent, "sentCancels of server \(slot) is miscounted")
        }
    }
}
