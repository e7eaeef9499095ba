import HeapModule
import MonotonicTime

/// One run of the check, over a copy of the group.
struct InvariantCheck {
    let group: PoolGroup
    var broken: [String] = []
    let pools: [Int32]
    let databases: [Int32]
    let users: [Int32]
    let servers: [Int32]
    let serversByPool: [Int32: [Int32]]

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

    mutating func expect(_ holds: Bool, _ what: @autoclosure () -> String) {
        if !holds { broken.append(what()) }
    }

    // MARK: What there is

    func servers(_ matches: (ServerRecord) -> Bool) -> Set<Int32> {
        Set(servers.filter { matches(group.servers[$0]) })
    }

    /// Whether the list has exactly the servers of the pool that match; cheaper than to compare sets.
    func isEqual(_ found: [Int32], pool: Int32, _ matches: (ServerRecord) -> Bool) -> Bool {
        let own = serversByPool[pool] ?? []
        return own.count { matches(group.servers[$0]) } == found.count
            && found.allSatisfy { group.servers[$0].pool == pool && matches(group.servers[$0]) }
    }

    /// The slots of a list, in order; notes links that do not fit.
    mutating func members(_ list: IndexList, _ links: LinkTable, _ name: String) -> [Int32] {
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

    mutating func checkPool(_ slot: Int32) {
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
            pool.unmetByDatabase == 0 || group.databases[pool.database].shared.isLimited,
            "pool \(slot) is denied freely")
        for limit in [LimitName.database(pool.database), .user(pool.user)] where pool[isQueuedAt: limit] {
            expect(
                group[limit].starved.unordered.contains { $0.pool == slot },
                "pool \(slot) is queued and not in the queue")
        }
        let isConfirming = !pool.login.isEmpty || !pool.tested.isEmpty
        if pool.welcomeReady, !pool.isWelcomeDoubtful, !pool.isStandby {
            expect(pool.welcomes.isEmpty || isConfirming, "clients of pool \(slot) wait for parameters that are known")
        }
    }

    mutating func checkAges(_ slot: Int32) {
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

    mutating func checkWorkers(_ slot: Int32) {
        for worker in 0..<UInt16(group.workerCount) {
            let list = group.workerList(slot, worker)
            let idle = members(group.idleByWorker[list], group.workerLinks, "idle of pool \(slot) at \(worker)")
            expect(
                isEqual(idle, pool: slot) { $0.place == .idle && $0.home == worker },
                "idle of pool \(slot) at \(worker) is wrong")
        }
    }

    mutating func checkServer(_ slot: Int32) {
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
}
