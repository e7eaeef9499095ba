import PoolCore

extension [PoolGroup.Action] {
    /// The actions in a few words each, so that a scenario reads like a conversation.
    var brief: [String] { map(\.brief) }
}

extension PoolGroup.Action {
    var brief: String {
        switch self {
        case .connect(let server, _, _, let fromReserve): "connect \(server.rawValue)\(fromReserve ? " reserve" : "")"
        case .link(let client, _, let server, _): "link \(client.rawValue) to \(server.rawValue)"
        case .welcome(let client, _): "welcome \(client.rawValue)"
        case .reject(let client, _, let reason): "reject \(client.rawValue): \(reason.message)"
        case .notifyQueued(let client, _): "notify \(client.rawValue)"
        case .reset(let server, _): "reset \(server.rawValue)"
        case .check(let server, _): "check \(server.rawValue)"
        case .close(let server, _, let reason): "close \(server.rawValue): \(reason.message)"
        case .openCancel(let cancel, _, _): "open cancel \(cancel.rawValue)"
        case .sendCancel(let cancel, let server, _): "send cancel \(cancel.rawValue) for \(server.rawValue)"
        case .rejectCancel(let cancel, _, let reason): "reject cancel \(cancel.rawValue): \(reason.message)"
        case .pauseDone: "paused"
        case .pauseEnded: "pause ended"
        case .waitCloseDone: "all closed"
        case .shutdownDone: "shut down"
        case .poolRemoved: "pool removed"
        case .databaseRemoved: "database removed"
        case .userRemoved: "user removed"
        }
    }
}

extension PoolSimulation {
    /// One database, one user, one pool.
    static func single(workers: UInt16 = 1, _ change: (inout PoolLimits) -> Void = { _ in }) -> PoolSimulation {
        var simulation = PoolSimulation(workers: workers)
        let (database, user) = (simulation.addDatabase(), simulation.addUser())
        simulation.addPool(database, user, limits(change))
        return simulation
    }

    static func limits(_ change: (inout PoolLimits) -> Void = { _ in }) -> PoolLimits {
        var limits = PoolLimits()
        change(&limits)
        return limits
    }

    /// Opens `count` servers by as many clients (numbered from 101) and releases them in order.
    mutating func warm(_ count: Int, pool: Int = 0) {
        var servers: [UInt64] = []
        for client in 0..<count {
            for case .connect(let server, _, _, _) in wait(UInt64(101 + client + 100 * pool), pool) {
                servers.append(server.rawValue)
            }
        }
        for server in servers { logIn(server) }
        for server in servers { release(server) }
    }

    func counts(_ pool: Int = 0) -> PoolCounts { group.counts(of: world.pools[pool].id) ?? PoolCounts() }

    mutating func setLimits(_ pool: Int, _ change: (inout PoolLimits) -> Void) -> [PoolGroup.Action] {
        change(&world.pools[pool].limits)
        var actions: [PoolGroup.Action] = []
        group.setLimits(world.pools[pool].limits, of: world.pools[pool].id, at: now, into: &actions)
        for action in actions { world.perform(action, at: now) }
        checkRest()
        return actions
    }

    /// A server's address has left the DNS answer.
    @discardableResult
    mutating func makeObsolete(_ server: UInt64) -> [PoolGroup.Action] {
        guard let id = world.servers[server]?.id else { return [] }
        world.servers[server]?.isDirty = true
        return send(.serverObsolete(id))
    }

    @discardableResult
    mutating func setDatabaseLimit(_ database: Int, _ most: Int) -> [PoolGroup.Action] {
        world.databaseLimit[database] = most
        var actions: [PoolGroup.Action] = []
        group.setLimits(DatabaseLimits(maxConnections: most), of: databases[database], at: now, into: &actions)
        for action in actions { world.perform(action, at: now) }
        checkRest()
        return actions
    }
}
