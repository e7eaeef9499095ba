import MonotonicTime
import PoolCore

/// What must hold whenever nothing is under way inside the group.
extension PoolSimulation {
    mutating func checkRest() {
        for pool in world.pools.indices { checkPool(pool) }
        for database in databases.indices {
            if group.counts(of: databases[database])?.connections != world.count(database: database) {
                world.blame("database \(database) miscounts its servers")
            }
        }
        for user in users.indices where group.counts(of: users[user]).connections != world.count(user: user) {
            world.blame("user \(user) miscounts its servers")
        }
        for broken in group.brokenInvariants { world.blame(broken) }
        if group.totals.connections != world.servers.count { world.blame("the group miscounts its servers") }
    }

    private mutating func checkPool(_ pool: Int) {
        let record = world.pools[pool]
        guard let counts = group.counts(of: record.id) else { return }
        var (login, idle, tested, active, canceling, closing) = (0, 0, 0, 0, 0, 0)
        for server in world.servers.values where server.pool == pool {
            switch server.phase {
            case .connecting: login += 1
            case .idle: idle += 1
            case .linked: active += 1
            case .testing: tested += 1
            case .canceling: canceling += 1
            case .closing: closing += 1
            }
        }
        let opening = world.cancels.values.filter { $0.pool == pool && $0.phase == "open" }.count
        if counts.svLogin != login + opening || counts.svIdle + counts.svUsed != idle || counts.svTested != tested
            || counts.svActive != active || counts.svBeingCanceled != canceling || counts.svClosing != closing
        {
            world.blame("pool \(pool) counts \(counts), which is not so")
        }
        if counts.clWaiting != record.queue.count + record.welcomes.count { world.blame("cl_waiting is wrong") }
        checkWaiting(pool, idle: idle, tested: tested, login: login)
    }

    private mutating func checkWaiting(_ pool: Int, idle: Int, tested: Int, login: Int) {
        let record = world.pools[pool]
        let free = world.pools[pool].free
        if world.isPaused(pool), idle + login > 0 { world.blame("a paused pool keeps servers open") }
        guard let head = record.queue.first.flatMap({ world.clients[$0] }) else { return }
        if let delay = record.limits.waitTimeout {
            if head.since + delay <= now { world.blame("client \(head.id) waits too long") }
            guard let deadline = group.nextDeadline, deadline <= head.since + delay else {
                return world.blame("client \(head.id) waits without a deadline")
            }
        }
        guard !world.isPaused(pool) else { return }
        if free.contains(where: { world.isFresh($0, at: now) }) { world.blame("a client waits beside an idle server") }
        let short = record.queue.count - tested - login
        if short > 0, idle > 0 { world.blame("a client waits and no used server is checked") }
        guard short > 0, !record.failing else { return }
        let there = world.count(pool) { _ in true }
        guard record.limits.size == 0 || there < record.limits.size else { return }
        let (isDatabaseFull, isUserFull) = (world.isDatabaseFull(pool), world.isUserFull(pool))
        if !isDatabaseFull, !isUserFull { world.blame("pool \(pool) could connect and does not") }
        // Where both limits deny, making room at one is of no use until the other has some.
        guard isDatabaseFull != isUserFull else { return }
        let isMissing = { (server: PoolWorld.Server) in server.phase == .closing }
        if isDatabaseFull, hasIdle({ world.pools[$0].database == record.database }),
            !hasClosing({ world.pools[$0].database == record.database }, isMissing)
        {
            world.blame("an idle server of the database is not evicted for pool \(pool)")
        }
        if isUserFull, hasIdle({ world.pools[$0].user == record.user }),
            !hasClosing({ world.pools[$0].user == record.user }, isMissing)
        {
            world.blame("an idle server of the user is not evicted for pool \(pool)")
        }
    }

    private func hasIdle(_ belongs: (Int) -> Bool) -> Bool {
        world.servers.values.contains { belongs($0.pool) && $0.phase == .idle }
    }

    private func hasClosing(_ belongs: (Int) -> Bool, _ matches: (PoolWorld.Server) -> Bool) -> Bool {
        world.servers.values.contains { belongs($0.pool) && matches($0) }
    }
}
