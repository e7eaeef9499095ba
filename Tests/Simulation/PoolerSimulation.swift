import IOEngine
import MonotonicTime
import PoolCore
import Pooler
import PoolerConfig
import Testing

/// A whole pooler, its clients and its PostgreSQL, in one history drawn from a seed.
final class PoolerSimulation {
    let seed: UInt64
    let network: SimulatedNetwork
    let world = WorldModel()
    let plan: SimulationPlan
    private let origin = SocketAddress.ipv4(0x7f00_0001, port: 6432)
    private let unixOrigin = SocketAddress.unix(path: "/tmp/.s.PGSQL.6432", pid: 0)
    private let hosts: [SimulatedPostgres]
    private let pooler: SimulatedPooler
    private(set) var clients: [SimulatedClient] = []
    /// Mixes everything that was traced: equal for equal histories.
    private(set) var history = Checksum()

    init(seed: UInt64) throws {
        self.seed = seed
        let network = SimulatedNetwork(seed: seed)
        self.network = network
        network.conditions = .drawn(using: &network.random)
        plan = SimulationPlan.drawn(in: network.conditions, using: &network.random)
        hosts = [0, 1].map { [world] host in
            SimulatedPostgres(network, world, at: .ipv4(0x7f00_0001 + UInt32(host), port: 5432), host: host)
        }
        for host in hosts {
            host.faults = plan.faults
            host.keepsSessions = plan.poolMode == "session"
        }
        world.limits = plan.limits
        world.followsStatements = plan.followsStatements

        let file = try plan.load()
        var destination = Log.Destination()
        destination.standardError = Seeds.isReplay
        destination.verbosity = Seeds.isReplay ? 2 : 0
        pooler = SimulatedPooler(
            on: network, workerCount: plan.workerCount, file: file,
            passwords: Dictionary(uniqueKeysWithValues: plan.users.map { ($0, "secret") }),
            listeningOn: plan.hasUnixSocket ? [origin, unixOrigin] : [origin], log: Log(destination))
        makeClients()
        network.trace = { [unowned self] text in note(text) }
        note(plan.configuration)
        schedule()
    }

    private func schedule() {
        for step in plan.operations.steps { network.after(step.time) { [unowned self] in perform(step.action) } }
    }

    private func perform(_ action: OperatorPlan.Action) {
        note("the operator: \(action)")
        switch action {
        case .reload(let plan):
            guard let file = try? plan.load() else { return world.violate("a configuration cannot be read") }
            world.tally.count(.reload)
            world.change(to: plan.limits, on: network)
            world.move(to: plan.host, plan.databases, at: network.now)
            pooler.perform(.reload(file))
        case .reconnect(let database):
            world.tally.count(.reconnect)
            world.renew(database.map { [$0] } ?? plan.databases, at: network.now)
            pooler.perform(.reconnect(database))
        case .pause(let database):
            world.tally.count(.pause)
            pooler.perform(.pause(database))
        case .resume(let database): pooler.perform(.resume(database))
        case .kill(let database):
            world.tally.count(.kill)
            pooler.perform(.kill(database))
        }
    }

    private func note(_ text: String) {
        // Not the bytes themselves: the pooler draws its cancel keys from the system.
        let fact = text.firstRange(of: " bytes ").map { text[..<$0.lowerBound] } ?? text[...]
        history.add("\(network.now.nanoseconds) \(fact)".utf8)
        if Seeds.isReplay { print("\(network.now.nanoseconds / 1000) µs: \(text)") }
    }

    private func makeClients() {
        for number in 0..<plan.clientCount {
            let habits = plan.habits(ofClient: number, using: &network.random)
            let client = SimulatedClient(
                number, habits, on: network, world, connectingTo: habits.usesUnixSocket ? unixOrigin : origin)
            client.start(after: .milliseconds(network.random.number(in: 0...plan.arrivalMilliseconds)))
            clients.append(client)
        }
    }

    // MARK: - Running

    /// Lets everything happen; returns what broke a promise.
    func run() -> [String] {
        let isOver = { [unowned self] in
            clients.allSatisfy(\.isDone) || !world.violations.isEmpty || !network.violations.isEmpty
        }
        network.run(for: .seconds(1800), unless: isOver, turn: turn)
        for client in clients where !client.isDone && world.violations.isEmpty {
            world.violate("client \(client.number), which \(client.stage), waits for ever")
        }
        if violations.isEmpty { checkRest() }
        if violations.isEmpty { checkEnd() }
        return violations
    }

    /// One turn of a worker, after which the pools' invariants must hold.
    private func turn(_ worker: Int) {
        pooler.turn(worker)
        for broken in pooler.brokenInvariants { world.violate(broken) }
    }

    private var violations: [String] { world.violations + network.violations }

    /// Without clients, only idle servers are left.
    private func checkRest() {
        network.run(for: .seconds(5), turn: turn)
        if network.openSocketCount != world.serverCount {
            world.violate("\(network.openSocketCount) sockets are open, \(world.serverCount) of them servers")
        }
        let (clientCount, serverCount) = pooler.counts
        for pool in pooler.poolCounts
        where pool.svActive + pool.svBeingCanceled + pool.svActiveCancel + pool.clWaiting > 0 {
            world.violate("without clients, a pool counts \(pool)")
        }
        if clientCount != 0 { world.violate("the pools still count \(clientCount) clients") }
        if serverCount != world.serverCount {
            world.violate("the pools count \(serverCount) servers, there are \(world.serverCount)")
        }
    }

    /// At the end everything is given back.
    private func checkEnd() {
        pooler.stop()
        network.run(for: .seconds(10), turn: turn)
        if network.openSocketCount > 0 { world.violate("\(network.openSocketCount) sockets are left at the end") }
    }
}
