import IOEngine
import MonotonicTime
import Testing

/// Properties that only a simulated network has.
@Suite("Simulated network")
struct SimulatedNetworkTests {
    /// Echoes for many clients in rough conditions; returns all events in order.
    private func history(seed: UInt64) -> [String] {
        let network = SimulatedNetwork(seed: seed, conditions: .rough)
        let engines = [EngineBox(SimulatedEngine(on: network)), EngineBox(SimulatedEngine(on: network))]
        let address = SocketAddress.ipv4(1, port: 1)
        let shared = network.listen(on: address)
        for engine in engines { engine.listen(on: shared, listener: ListenerID(rawValue: 0)) }
        var log: [String] = []
        var handles: [[UInt64: SocketHandle]] = [[:], [:]]
        var count: UInt64 = 0
        let clients = (0..<20).map { _ in SimulatedFarSide() }
        for (number, client) in clients.enumerated() {
            client.connection = network.connect(to: address, as: client)
            client.send([UInt8](repeating: UInt8(number), count: 1000 + number * 100))
            client.closeSending()
        }
        network.run(for: .seconds(60)) { number in
            let engine = engines[number]
            engine.turn(until: nil) { completion in
                log.append("\(network.now.nanoseconds) \(number) \(Seen(completion))")
                switch completion {
                case .accepted(_, let socket):
                    count += 1
                    handles[number][count] = engine.attach(socket, token: SocketToken(rawValue: count))
                case .received(let token, let piece):
                    guard let handle = handles[number][token.rawValue] else { return }
                    _ = engine.forward(piece, 0..<piece.count, to: handle)
                case .closed(let token):
                    guard let handle = handles[number][token.rawValue] else { return }
                    engine.close(handle, flushing: true)
                default: break
                }
            }
        }
        for (number, client) in clients.enumerated() {
            #expect(client.received == [UInt8](repeating: UInt8(number), count: 1000 + number * 100))
            #expect(client.isOver && !client.wasReset)
        }
        #expect(network.openSocketCount == 0)
        #expect(network.violations == [])
        return log
    }

    @Test(arguments: [3, 4, 5] as [UInt64])
    func theSameSeedGivesTheSameHistory(_ seed: UInt64) {
        let first = history(seed: seed)
        #expect(first == history(seed: seed))
        #expect(first != history(seed: seed + 100))
    }

    @Test func aFlushEndsAfterFiveSeconds() throws {
        let world = SimulatedWorld(seed: 1)
        let (handle, far) = try world.attached(tokenA)
        far.isReading = false
        _ = world.sendUntilFull(handle)
        let count = world.network.openSocketCount
        world.engine.close(handle, flushing: true)
        let start = world.network.now
        world.network.run(until: start + .milliseconds(4900)) { world.engines[$0].turn(until: nil) { _ in } }
        #expect(world.network.openSocketCount == count)
        world.network.run(until: start + .milliseconds(5100)) { world.engines[$0].turn(until: nil) { _ in } }
        #expect(world.network.openSocketCount == count - 1)
    }

    @Test func aSilentAddressNeverAnswers() {
        let world = SimulatedWorld(seed: 1)
        let address = world.refusingAddress()
        world.network.serve(address, .silent)
        let handle = world.engine.connect(to: address, token: tokenA)
        world.network.run(for: .seconds(1000)) { world.engines[$0].turn(until: nil) { _ in Issue.record("an answer") } }
        #expect(world.network.openSocketCount == 1)
        world.engine.close(handle, flushing: false)
        #expect(world.network.openSocketCount == 0)
    }

    @Test func aSlowAddressAnswersLate() {
        let world = SimulatedWorld(seed: 1)
        let address = world.refusingAddress()
        let far = SimulatedFarSide()
        world.network.serve(address, .slow(.seconds(30)) { far })
        _ = world.engine.connect(to: address, token: tokenA)
        let start = world.network.now
        let isConnected = world.network.run(for: .seconds(60)) {
            far.connection != nil
        } turn: {
            world.engines[$0].turn(until: nil) { _ in }
        }
        #expect(isConnected)
        #expect(world.network.now >= start + .seconds(30))
    }

    /// An engine may have found more in a turn before its user closed the socket: the token's generation reveals it.
    @Test func completionsOfClosedSocketsComeInTheirTurnAndOnlyThen() throws {
        var staleCount = 0
        for seed in 1...200 as ClosedRange<UInt64> {
            let world = SimulatedWorld(seed: seed)
            world.network.conditions = .calm
            world.network.conditions.staleCompletion = 1
            world.network.conditions.latency = 50_000...50_000
            let (first, firstFar) = try world.attached(tokenA)
            let (second, secondFar) = try world.attached(tokenB)
            _ = world.settle()
            firstFar.send([1])
            secondFar.send([2])
            for _ in 0..<10 {
                var isClosed = false
                world.pass { _, completion in
                    if isClosed { staleCount += 1 }
                    isClosed = true
                    world.engine.close(first, flushing: false)
                    world.engine.close(second, flushing: false)
                    _ = completion
                }
            }
        }
        #expect(staleCount > 0)
    }

    @Test func aPieceIsOverwrittenWhenTheNextCompletionIsRequested() throws {
        let network = SimulatedNetwork(seed: 1)
        var engine = SimulatedEngine(on: network)
        let address = SocketAddress.ipv4(1, port: 1)
        engine.listen(on: network.listen(on: address), listener: ListenerID(rawValue: 0))
        let client = SimulatedFarSide()
        network.connect(to: address, as: client).send([1, 2, 3])
        var kept: UnsafeRawBufferPointer?
        network.run(for: .seconds(1)) { _ in
            engine.wait(until: nil)
            while let completion = engine.nextCompletion() {
                if case .accepted(_, let socket) = completion { _ = engine.attach(socket, token: tokenA) }
                if case .received(_, let piece) = completion { unsafe kept = piece.bytes }
            }
        }
        #expect(unsafe kept.map { unsafe !$0.isEmpty && $0.allSatisfy { $0 == 0xDB } } == true)
    }
}
