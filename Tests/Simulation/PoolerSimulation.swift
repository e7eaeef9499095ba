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
    private let postgres: SimulatedPostgres
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
        postgres = SimulatedPostgres(network, world, at: .ipv4(0x7f00_0001, port: 5432))
        postgres.faults = plan.faults
        world.limits = plan.limits

        let text = plan.configuration
        let file = try PoolerConfiguration.load(path: "pgbouncer.ini") { _ in Array(text.utf8) }
        var destination = Log.Destination()
        destination.standardError = Seeds.isReplay
        destination.verbosity = Seeds.isReplay ? 2 : 0
        pooler = SimulatedPooler(
            on: network, workerCount: plan.workerCount, file: file,
            passwords: Dictionary(uniqueKeysWithValues: plan.users.map { ($0, "secret") }), listeningOn: origin,
            log: Log(destination))
        makeClients()
        network.trace = { [unowned self] text in note(text) }
        note(text)
    }

    private func note(_ text: String) {
        // Not the bytes themselves: the pooler draws its cancel keys from the system.
        let fact = text.firstRange(of: " bytes ").map { text[..<$0.lowerBound] } ?? text[...]
        history.add("\(network.now.nanoseconds) \(fact)".utf8)
        if Seeds.isReplay { print("\(network.now.nanoseconds / 1000) µs: \(text)") }
    }

    private func makeClients() {
        for number in 0..<plan.clientCount {
            let client = SimulatedClient(
                number, plan.habits(ofClient: number, using: &network.random), on: network, world,
                connectingTo: origin)
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
