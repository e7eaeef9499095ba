import MonotonicTime
import PoolCore
import Testing

/// Random histories: a seed decides what happens, and the world judges what the group does about it.
@Suite("Seeded histories")
struct HistoryTests {
    /// A failing seed is a complete report: the same seed replays the same history.
    @Test(arguments: stride(from: 0, to: 600, by: 20).map { UInt64($0) })
    func everyHistoryKeepsThePromises(first: UInt64) {
        for seed in first..<first + 20 {
            var history = History(seed: seed)
            for _ in 0..<100 where history.simulation.world.violations.isEmpty { history.step() }
            if history.simulation.world.violations.isEmpty { history.end() }
            let violations = history.simulation.world.violations
            #expect(violations == [], "seed \(seed):\n\(history.simulation.trace.suffix(25).joined(separator: "\n"))")
        }
    }
}

struct History {
    var simulation: PoolSimulation
    private var nextCancel: UInt64 = 5_000_000

    init(seed: UInt64) {
        simulation = PoolSimulation(seed: seed, workers: UInt16(1 + seed % 3))
        let databases = 1 + roll(2)
        let users = 1 + roll(2)
        for _ in 0..<databases { _ = simulation.addDatabase(max: chance(50) ? 1 + roll(5) : 0) }
        for _ in 0..<users { _ = simulation.addUser(max: chance(30) ? 1 + roll(4) : 0) }
        for database in 0..<databases {
            for user in 0..<users { simulation.addPool(database, user, limits()) }
        }
    }

    private mutating func limits() -> PoolLimits {
        var limits = PoolLimits()
        limits.size = chance(10) ? 0 : 1 + roll(4)
        limits.minSize = chance(25) ? 1 + roll(2) : 0
        limits.hasForcedUser = chance(50)
        limits.reserveSize = chance(40) ? 1 + roll(2) : 0
        limits.reserveTimeout = .seconds(1 + roll(5))
        limits.waitTimeout = chance(85) ? .seconds(5 + roll(60)) : nil
        limits.waitNotify = chance(60) ? .seconds(1 + roll(6)) : nil
        limits.serverLifetime = chance(50) ? .seconds(roll(60)) : .seconds(3600)
        limits.serverIdleTimeout = chance(70) ? .seconds(5 + roll(60)) : nil
        limits.checkDelay = chance(20) ? .zero : chance(60) ? .seconds(1 + roll(20)) : nil
        limits.roundRobin = chance(20)
        limits.loginRetry = .seconds(1 + roll(15))
        limits.connectTimeout = .seconds(3 + roll(10))
        return limits
    }

    private mutating func roll(_ sides: Int) -> Int { Int(simulation.random.next() % UInt64(sides)) }
    private mutating func chance(_ percent: Int) -> Bool { roll(100) < percent }

    private mutating func pick(_ matches: (PoolWorld.Server) -> Bool) -> UInt64? {
        let ids = simulation.world.servers.values.filter(matches).map(\.id.rawValue).sorted()
        return ids.isEmpty ? nil : ids[roll(ids.count)]
    }

    private mutating func pickClient(_ matches: (PoolWorld.Client) -> Bool) -> PoolWorld.Client? {
        let found = simulation.world.clients.values.filter(matches).sorted { $0.id < $1.id }
        return found.isEmpty ? nil : found[roll(found.count)]
    }

    private static func isLinked(_ server: PoolWorld.Server) -> Bool {
        if case .linked = server.phase { true } else { false }
    }

    mutating func step() {
        switch roll(100) {
        case 0..<22: newClient()
        case 22..<32: if let client = pickClient({ $0.phase == .idle }) { again(client) }
        case 32..<35:
            if let client = pickClient({ $0.phase == .waiting || $0.phase == .welcoming }) {
                simulation.leave(client.id)
            }
        case 35..<58:
            if let server = pick(Self.isLinked) { simulation.release(server, reset: chance(20)) }
        case 58..<60: if let server = pick(Self.isLinked) { simulation.lose(server) }
        case 60..<72: if let server = pick({ $0.phase == .connecting }) { finishConnect(server) }
        case 72..<78:
            if let server = pick({ $0.phase == .testing }) {
                if chance(90) { simulation.ready(server) } else { simulation.lose(server) }
            }
        case 78..<84: if let server = pick({ $0.phase == .closing }) { simulation.lose(server) }
        case 84..<85: if let server = pick({ $0.phase == .idle }) { simulation.lose(server) }
        case 85..<90: cancelSomething()
        case 90..<97: simulation.advance(by: chance(20) ? .seconds(roll(40)) : .milliseconds(roll(3000)))
        default: command()
        }
    }

    private mutating func newClient() {
        simulation.nextClient += 1
        if chance(30) {
            let pool = simulation.world.pools[roll(simulation.world.pools.count)].id
            simulation.send(
                chance(70)
                    ? .clientJoined(ClientID(rawValue: simulation.nextClient), pool)
                    : .clientParted(ClientID(rawValue: simulation.nextClient), pool))
        }
        let purpose: PoolGroup.WaitPurpose = chance(15) ? .welcome : chance(5) ? .authQuery : .server
        simulation.wait(
            simulation.nextClient, roll(simulation.world.pools.count), worker: UInt16(roll(Int(simulation.workers))),
            for: purpose, atFront: purpose == .server && chance(3))
    }

    private mutating func again(_ client: PoolWorld.Client) {
        simulation.wait(client.id, client.pool, worker: client.worker)
    }

    private mutating func finishConnect(_ server: UInt64) {
        switch roll(10) {
        case 0: simulation.lose(server, .network)
        case 1: simulation.lose(server, .login(failWaiters: chance(70), isRemembered: chance(70)))
        default: simulation.logIn(server)
        }
    }

    private mutating func cancelSomething() {
        let cancels = simulation.world.cancels.keys.sorted()
        guard !cancels.isEmpty, chance(60) else {
            nextCancel += 1
            if let server = pick(Self.isLinked) { simulation.cancel(nextCancel, server) }
            return
        }
        let cancel = cancels[roll(cancels.count)]
        if simulation.world.cancels[cancel]?.phase == "open", chance(70) {
            simulation.send(.cancelConnected(CancelID(rawValue: cancel)))
        } else {
            simulation.finishCancel(cancel)
        }
    }

    private mutating func command() {
        let database = chance(30) ? nil : roll(simulation.databases.count)
        switch roll(10) {
        case 8: change()
        case 9: simulation.setDatabaseLimit(roll(simulation.databases.count), roll(6))
        case 0: simulation.pause(database)
        case 1, 2, 3: simulation.resume(database)
        case 4: simulation.reconnect(database)
        case 5: if let database { simulation.kill(database) }
        case 6: simulation.send(.waitClose(chance(50) ? nil : simulation.databases[roll(simulation.databases.count)]))
        case 7: simulation.setStandby(roll(simulation.world.pools.count), chance(60))
        default:
            if let server = pick({ _ in true }), let id = simulation.world.servers[server]?.id {
                simulation.world.servers[server]?.isDirty = true
                simulation.send(.serverObsolete(id))
            }
        }
    }

    private mutating func change() {
        let new = limits()
        let pool = roll(simulation.world.pools.count)
        _ = simulation.setLimits(pool) { limits in
            limits.size = new.size
            limits.minSize = new.minSize
            limits.serverLifetime = new.serverLifetime
            limits.waitTimeout = new.waitTimeout
        }
    }

    /// Lets every client finish; nothing may be left.
    mutating func end() {
        simulation.resume(nil)
        for database in simulation.databases.indices { simulation.resume(database) }
        for _ in 0..<400 where !isAtRest {
            guard simulation.world.violations.isEmpty else { return }
            for id in simulation.world.servers.keys.sorted() {
                switch simulation.world.servers[id]?.phase {
                case .connecting: simulation.logIn(id)
                case .linked: simulation.release(id)
                case .testing: simulation.ready(id)
                case .closing: simulation.lose(id)
                case .idle, .canceling, nil: break
                }
            }
            for cancel in simulation.world.cancels.keys.sorted() { simulation.finishCancel(cancel) }
            simulation.advance(by: .milliseconds(500))
        }
        if !isAtRest { simulation.world.blame("clients wait without end") }
        for database in simulation.databases.indices { simulation.kill(database) }
        for id in simulation.world.servers.keys.sorted() { simulation.lose(id) }
        if simulation.group.recordCount > 0 { simulation.world.blame("records are left over") }
    }

    private var isAtRest: Bool {
        simulation.world.cancels.isEmpty
            && simulation.world.clients.values.allSatisfy { $0.phase == .idle }
            && simulation.world.servers.values.allSatisfy { !Self.isLinked($0) }
    }
}
