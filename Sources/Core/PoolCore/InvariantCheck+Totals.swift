import HeapModule
import MonotonicTime

/// Databases, users, alarms and the group as a whole.
extension InvariantCheck {
    mutating func checkLimit(_ limit: LimitName, _ links: LinkTable, _ belongs: (ServerRecord) -> Bool) {
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

    func isOwner(_ limit: LimitName, of pool: Int32) -> Bool {
        switch limit {
        case .database(let slot): group.pools[pool].database == slot
        case .user(let slot): group.pools[pool].user == slot
        }
    }

    mutating func checkDatabases() {
        for slot in databases {
            checkLimit(.database(slot), group.databaseLinks) { $0.database == slot }
            let database = group.databases[slot]
            expect(
                database.pools == pools.count { group.pools[$0].database == slot },
                "database \(slot) miscounts its pools")
            expect(
                database.dirty == servers { $0.database == slot && $0.isDirty }.count,
                "database \(slot) miscounts its marked servers")
            expect(!database.waitClosePending || database.dirty > 0, "WAIT_CLOSE of database \(slot) is not answered")
            expect(
                !database.pausePending || database.isPaused && database.shared.servers > 0,
                "PAUSE of database \(slot) is not answered")
        }
        let idle = members(group.idleDatabases, group.idleDatabaseLinks, "idleDatabases")
        expect(Set(idle) == Set(databases.filter { group.databases[$0].isRemovable }), "idleDatabases is wrong")
        let since = idle.map { group.databases[$0].idleSince ?? .never }
        expect(since == since.sorted(), "idleDatabases is out of order")
        expect(idle.count <= PoolGroup.mostIdleDatabases, "too many idle databases")
    }

    mutating func checkUsers() {
        for slot in users {
            checkLimit(.user(slot), group.userLinks) { $0.user == slot }
            expect(
                group.users[slot].pools == pools.count { group.pools[$0].user == slot },
                "user \(slot) miscounts its pools")
        }
    }

    mutating func checkGroup() {
        expect(group.serverCount == group.servers.count, "the servers are miscounted")
        expect(group.dirtyCount == servers { $0.isDirty }.count, "the marked servers are miscounted")
        expect(!group.pausePending || group.pauseMode != .active && group.serverCount > 0, "PAUSE is not answered")
        expect(!group.waitClosePending || group.dirtyCount > 0, "WAIT_CLOSE is not answered")
        expect((group.suspender != nil) == (group.pauseMode == .suspended), "suspended by none")
        expect(group.poolByKey.count == pools.count, "poolByKey names pools that are gone")
    }

    mutating func checkAlarms() {
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
