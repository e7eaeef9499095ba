import HeapModule
import MonotonicTime

/// The invariants that the other files name, checked all at once.
extension PoolGroup {
    /// What does not hold of what must hold between events, in words; empty when all is well.
    ///
    /// For tests: it looks at every record. O(pools + servers + waiters + databases + users)
    package var brokenInvariants: [String] {
        var check = InvariantCheck(self)
        check.run()
        return check.broken
    }

    /// Servers, waiting clients and cancel requests that are recorded. For tests.
    package var recordCount: Int { servers.count + waiters.count + cancels.count }
}

/// One run of the check, over a copy of the group.
private struct InvariantCheck {
    let group: PoolGroup
    var broken: [String] = []
    private let pools: [Int32]
    private let databases: [Int32]
    private let users: [Int32]
    private let servers: [Int32]
    private let serversByPool: [Int32: [Int32]]

    init(_ group: PoolGroup) {
        self.group = group
        pools = (0..<Int32(group.pools.capacity)).filter { group.pools[$0].isAlive }
        databases = (0..<Int32(group.databases.capacity)).filter { group.databases[$0].isAlive }
        users = (0..<Int32(group.users.capacity)).filter { group.users[$0].isAlive }
        servers = (0..<Int32(group.servers.capacity)).filter { group.servers[$0].place != .gone }
        serversByPool = Dictionary(grouping: servers) { group.servers[$0].pool }
    }

    mutating func run() {
        for pool in pools { checkPool(pool) }
        for slot in servers { checkServer(slot) }
        checkWaiters()
        checkCancels()
        checkDatabases()
        checkUsers()
        checkGroup()
        checkAlarms()
    }

    private mutating func expect(_ holds: Bool, _ what: @autoclosure () -> String) {
        if !holds { broken.append(what()) }
    }

    // MARK: What there is

    private func servers(_ matches: (ServerRecord) -> Bool) -> Set<Int32> {
        Set(servers.filter { matches(group.servers[$0]) })
    }

    /// Whether the list has exactly the servers of the pool that match; cheaper than to compare sets.
    private func isEqual(_ found: [Int32], pool: Int32, _ matches: (ServerRecord) -> Bool) -> Bool {
        let own = serversByPool[pool] ?? []
        return own.count { matches(group.servers[$0]) } == found.count
            && found.allSatisfy { group.servers[$0].pool == pool && matches(group.servers[$0]) }
    }

    /// The slots of a list, in order; notes links that do not fit.
    private mutating func members(_ list: IndexList, _ links: LinkTable, _ name: String) -> [Int32] {
        var found: [Int32] = []
        var (previous, slot) = (Int32(-1), list.first)
        while slot >= 0, found.count <= list.count {
            expect(links.previous(before: slot) == previous, "\(name): \(slot) is not linked to the one before it")
            found.append(slot)
            (previous, slot) = (slot, links.next(after: slot))
        }
        expect(found.count == list.count, "\(name) counts \(list.count) and has \(found.count)")
        expect(list.last == (found.last ?? -1), "\(name) ends elsewhere")
        return found
    }

    // MARK: Pools and their servers

    private mutating func checkPool(_ slot: Int32) {
        let pool = group.pools[slot]
        let lists: [(Place, IndexList)] = [
            (.login, pool.login), (.idle, pool.idle), (.used, pool.used), (.tested, pool.tested),
        ]
        for (place, list) in lists {
            let found = members(list, group.placeLinks, "\(place) of pool \(slot)")
            expect(isEqual(found, pool: slot) { $0.place == place }, "\(place) of pool \(slot) is wrong")
        }
        let counts: [(Place, Int)] = [
            (.active, pool.active), (.beingCanceled, pool.beingCanceled), (.closing, pool.closing),
        ]
        for (place, count) in counts {
            let own = (serversByPool[slot] ?? []).count { group.servers[$0].place == place }
            expect(own == count, "\(place) of pool \(slot) is miscounted")
        }
        let marked = (serversByPool[slot] ?? []).count {
            group.servers[$0].isDirty && group.servers[$0].place.isConnected
        }
        expect(pool.dirtyConnected == marked, "the marked servers of pool \(slot) are miscounted")
        checkAges(slot)
        checkWorkers(slot)
        let key = PoolGroup.key(pool.database, pool.user)
        expect(group.poolByKey[key] == slot, "pool \(slot) is not found by its key")
        expect(
            pool.unmetByDatabase == 0 || group.databases[pool.database].shared.isLimited, "pool \(slot) is denied freely")
        for limit in [LimitName.database(pool.database), .user(pool.user)] where pool[isQueuedAt: limit] {
            expect(
                group[limit].starved.unordered.contains { $0.pool == slot }, "pool \(slot) is queued and not in the queue")
        }
        let isConfirming = !pool.login.isEmpty || !pool.tested.isEmpty
        if pool.welcomeReady, !pool.isWelcomeDoubtful, !pool.isStandby {
            expect(pool.welcomes.isEmpty || isConfirming, "clients of pool \(slot) wait for parameters that are known")
        }
    }

    private mutating func checkAges(_ slot: Int32) {
        let pool = group.pools[slot]
        let young = members(pool.young, group.ageLinks, "young of pool \(slot)")
        let overdue = members(pool.overdue, group.ageLinks, "overdue of pool \(slot)")
        expect(isEqual(young, pool: slot) { !$0.isExpired }, "young of pool \(slot) is wrong")
        expect(
            isEqual(overdue, pool: slot) { $0.isExpired && ($0.place == .idle || $0.place == .used) },
            "overdue of pool \(slot) is wrong")
        let launches = young.map { group.servers[$0].launchedAt }
        expect(launches == launches.sorted(), "young of pool \(slot) is out of order")
    }

    private mutating func checkWorkers(_ slot: Int32) {
        for worker in 0..<UInt16(group.workerCount) {
            let list = group.workerList(slot, worker)
            let idle = members(group.idleByWorker[list], group.workerLinks, "idle of pool \(slot) at \(worker)")
            expect(
                isEqual(idle, pool: slot) { $0.place == .idle && $0.home == worker },
                "idle of pool \(slot) at \(worker) is wrong")
        }
    }

    private mutating func checkServer(_ slot: Int32) {
        let server = group.servers[slot]
        let isFree = server.place == .idle || server.place == .used
        expect(!(server.isDirty && isFree), "server \(slot) is marked for closing and free")
        expect(group.pools[server.pool].isAlive, "server \(slot) has no pool")
        let unsent = members(server.unsentCancels, group.targetLinks, "unsentCancels of server \(slot)")
        for cancel in unsent {
            expect(group.cancels[cancel].target.slot == slot, "cancel \(cancel) is in the list of another server")
            expect(group.cancels[cancel].stage != .sent, "cancel \(cancel) is sent and in a list of those that are not")
        }
    }

    // MARK: Waiters and cancel requests

    private mutating func checkWaiters() {
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
            expect(welcomes.allSatisfy { group.waiters[$0].purpose == .welcome }, "welcomes of pool \(slot) are mixed up")
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

    private mutating func checkUnnotified(_ slot: Int32, _ waiting: [Int32]) {
        let first = group.pools[slot].unnotified
        guard let index = waiting.firstIndex(of: first) else {
            return expect(first == -1, "unnotified of pool \(slot) does not wait")
        }
        for waiter in waiting[..<index] where group.waiters[waiter].purpose == .server {
            expect(group.waiters[waiter].isNotified, "waiter \(waiter) will not be notified")
        }
    }

    private mutating func checkWaiters(_ slot: Int32, _ waiting: [Int32]) {
        for worker in 0..<UInt16(group.workerCount) {
            let list = group.waitersByWorker[group.workerList(slot, worker)]
            let found = members(list, group.waiterWorkerLinks, "waiters of pool \(slot) at \(worker)")
            expect(
                found == waiting.filter { group.waiters[$0].worker == worker },
                "waiters of pool \(slot) at \(worker) are wrong")
        }
    }

    private mutating func checkCancels() {
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

    // MARK: Databases, users and the whole

    private mutating func checkLimit(_ limit: LimitName, _ links: LinkTable, _ belongs: (ServerRecord) -> Bool) {
        let shared = group[limit]
        let own = servers(belongs)
        let free = members(shared.free, links, "free of \(limit)")
        let isFree = { (server: ServerRecord) in server.place == .idle || server.place == .used }
        expect(Set(free) == own.filter { isFree(group.servers[$0]) }, "free of \(limit) is wrong")
        expect(shared.servers == own.count, "the servers of \(limit) are miscounted")
        let closing = own.count { group.servers[$0].place == .closing }
        expect(shared.closing == closing, "the closing servers of \(limit) are miscounted")
        var unmet = 0
        for pool in pools where isOwner(limit, of: pool) { unmet += group.pools[pool][unmetBy: limit] }
        expect(shared.unmet == unmet, "the unmet servers of \(limit) are miscounted")
    }

    private func isOwner(_ limit: LimitName, of pool: Int32) -> Bool {
        switch limit {
        case .database(let slot): group.pools[pool].database == slot
        case .user(let slot): group.pools[pool].user == slot
        }
    }

    private mutating func checkDatabases() {
        for slot in databases {
            checkLimit(.database(slot), group.databaseLinks) { $0.database == slot }
            let database = group.databases[slot]
            expect(database.pools == pools.count { group.pools[$0].database == slot }, "database \(slot) miscounts its pools")
            expect(
                database.dirty == servers { $0.database == slot && $0.isDirty }.count,
                "database \(slot) miscounts its marked servers")
            expect(!database.waitClosePending || database.dirty > 0, "WAIT_CLOSE of database \(slot) is not answered")
            expect(
                !database.pausePending || database.isPaused && database.shared.servers > 0,
                "PAUSE of database \(slot) is not answered")
        }
        let idle = members(group.idleDatabases, group.idleDatabaseLinks, "idleDatabases")
        expect(Set(idle) == Set(databases.filter { group.databases[$0].isForgettable }), "idleDatabases is wrong")
        let since = idle.map { group.databases[$0].idleSince ?? .never }
        expect(since == since.sorted(), "idleDatabases is out of order")
        expect(idle.count <= PoolGroup.mostIdleDatabases, "too many idle databases")
    }

    private mutating func checkUsers() {
        for slot in users {
            checkLimit(.user(slot), group.userLinks) { $0.user == slot }
            expect(
                group.users[slot].pools == pools.count { group.pools[$0].user == slot }, "user \(slot) miscounts its pools")
        }
    }

    private mutating func checkGroup() {
        expect(group.serverCount == group.servers.count, "the servers are miscounted")
        expect(group.dirtyCount == servers { $0.isDirty }.count, "the marked servers are miscounted")
        expect(!group.pausePending || group.pauseMode != .active && group.serverCount > 0, "PAUSE is not answered")
        expect(!group.waitClosePending || group.dirtyCount > 0, "WAIT_CLOSE is not answered")
        expect((group.suspender != nil) == (group.pauseMode == .suspended), "suspended by none")
        expect(group.poolByKey.count == pools.count, "poolByKey names pools that are gone")
    }

    private mutating func checkAlarms() {
        let alarms = group.alarms.unordered
        for slot in pools {
            let pool = group.pools[slot]
            guard pool.armed != .never else { continue }
            expect(
                alarms.contains { $0.pool == slot && $0.generation == pool.generation && $0.at == pool.armed },
                "the alarm of pool \(slot) is not set")
        }
        let due = min(alarms.map(\.at).min() ?? .never, group.databaseDeadline)
        expect((group.nextDeadline ?? .never) == due, "nextDeadline is wrong")
    }
}
