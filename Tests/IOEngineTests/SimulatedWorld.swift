import Glibc
import IOEngine
import MonotonicTime

/// The contract on virtual sockets; odd seeds are calm, even seeds rough.
final class SimulatedWorld: EngineWorld {
    let network: SimulatedNetwork
    let engines: [any BoxedEngine]
    let canReset = true
    private var nextPort: UInt16 = 5000

    init(seed: UInt64) {
        network = SimulatedNetwork(seed: seed, conditions: seed % 2 == 0 ? .rough : .calm)
        // Contract tests that count completions expect none of closed sockets; those have a separate test.
        network.conditions.staleCompletion = 0
        engines = [
            EngineBox(SimulatedEngine(on: network)),
            EngineBox(SimulatedEngine(on: network)),
        ]
    }

    private func address() -> SocketAddress {
        nextPort += 1
        return .ipv4(0x7f00_0001, port: nextPort)
    }

    func connectedPair() -> (DetachedSocket, any FarSide) {
        let (listening, address) = listeningSocket()
        let listener = ListenerID(rawValue: Int(listening.rawValue))
        engines[1].listen(on: listening, listener: listener)
        let far = dial(address)
        var accepted: DetachedSocket?
        while accepted == nil {
            pass { _, completion in if case .accepted(_, let socket) = completion { accepted = socket } }
        }
        engines[1].stopListening(listener)
        guard let accepted else { preconditionFailure("the loop ended") }
        return (accepted, far)
    }

    func listeningSocket() -> (DetachedSocket, SocketAddress) {
        let address = address()
        return (network.listen(on: address), address)
    }

    func dial(_ address: SocketAddress) -> any FarSide {
        let far = SimulatedFarSide()
        far.connection = network.connect(to: address, as: far)
        return far
    }

    func server() -> (SocketAddress, () -> (any FarSide)?) {
        let address = address()
        var newest: SimulatedFarSide?
        network.serve(
            address,
            .accepting {
                let far = SimulatedFarSide()
                newest = far
                return far
            })
        return (address, { newest?.connection == nil ? nil : newest })
    }

    func refusingAddress() -> SocketAddress { address() }

    func pass(_ each: (Int, Completion) -> Void) {
        network.run(for: .milliseconds(25)) { number in
            engines[number].turn(until: nil) { each(number, $0) }
        }
    }
}

final class SimulatedFarSide: FarSide, SimulatedPeer {
    var connection: SimulatedConnection?
    private(set) var received: [UInt8] = []
    private(set) var isOver = false
    private(set) var wasReset = false

    var isReading = true {
        didSet { isReading ? connection?.startReading() : connection?.stopReading() }
    }

    func send(_ bytes: [UInt8]) { connection?.send(bytes) }
    func closeSending() { connection?.closeSending() }
    func close() { connection?.close() }
    func reset() { connection?.reset() }

    func connected(_ connection: SimulatedConnection) { self.connection = connection }
    func received(_ bytes: [UInt8], on connection: SimulatedConnection) { received += bytes }
    func closed(_ connection: SimulatedConnection) { isOver = true }
    func failed(_ error: Int32, on connection: SimulatedConnection) {
        isOver = true
        wasReset = true
    }
}
