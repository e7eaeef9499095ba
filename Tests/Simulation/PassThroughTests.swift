import IOEngine
import MonotonicTime
import Testing

/// The simulation's own actors, with nothing but a relay between them.
@Suite struct PassThroughTests {
    private struct History {
        var violations: [String]
        var endings: [SimulatedClient.Ending?]
        var answers: Int
    }

    private func run(_ seed: UInt64, fault: PassThroughRelay.Fault? = nil) -> History {
        let network = SimulatedNetwork(seed: seed)
        network.conditions = .drawn(using: &network.random)
        if Seeds.isReplay { network.trace = { print(network.now.nanoseconds / 1000, $0) } }
        let world = WorldModel()
        let origin = SocketAddress.ipv4(0x7f00_0001, port: 6432)
        let target = SocketAddress.ipv4(0x7f00_0001, port: 5432)
        let postgres = SimulatedPostgres(network, world, at: target)
        let relay = PassThroughRelay(on: network, from: origin, to: target, fault: fault)
        var clients: [SimulatedClient] = []
        for number in 0..<5 {
            var habits = SimulatedClient.Habits()
            habits.applicationName = "app\(number)"
            let client = SimulatedClient(number, habits, on: network, world, connectingTo: origin)
            client.start(after: .milliseconds(number))
            clients.append(client)
        }
        network.run(for: .seconds(300)) {
            clients.allSatisfy(\.isDone)
        } turn: { _ in
            relay.turn()
        }
        network.runUntilQuiet { _ in relay.turn() }
        withExtendedLifetime(postgres) {}
        if fault == nil, network.openSocketCount > 0 { world.violate("\(network.openSocketCount) sockets are left") }
        for client in clients where !client.isDone { world.violate("client \(client.number) \(client.stage) for ever") }
        return History(
            violations: world.violations + network.violations, endings: clients.map(\.ending),
            answers: clients.reduce(0) { $0 + $1.answeredCount })
    }

    @Test(arguments: Seeds.list(usually: 50))
    func everyAnswerIsTheClientsOwn(_ seed: UInt64) {
        let history = run(seed)
        Seeds.report(history.violations, seed: seed, test: "PassThroughTests")
        #expect(history.endings.allSatisfy { $0 == .finished })
        #expect(history.answers >= 50)
    }

    @Test(arguments: [PassThroughRelay.Fault.swapsAnswers, .losesBytes, .repeatsBytes])
    func aFaultyRelayIsDetected(_ fault: PassThroughRelay.Fault) {
        let found = (1...20 as ClosedRange<UInt64>).count { !run($0, fault: fault).violations.isEmpty }
        #expect(found > 15)
    }
}
