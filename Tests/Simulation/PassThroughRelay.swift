import IOEngine
import MonotonicTime

/// The simplest thing between clients and servers: one server connection for each client, no pooling.
///
/// It shows that the actors of the simulation are right when nothing is pooled, and, made faulty on purpose, that they
/// notice what a pooler may do wrong.
final class PassThroughRelay {
    /// The fault it has.
    enum Fault: CaseIterable {
        case swapsAnswers, losesBytes, repeatsBytes, ignoresBackPressure
    }

    private var engine: SimulatedEngine
    private let network: SimulatedNetwork
    private let target: SocketAddress
    private var fault: Fault?
    private var spoilsAt: Int
    private var pieceCount = 0
    private var ends: [UInt64: End] = [:]
    private var next: UInt64 = 0

    private struct End {
        var handle: SocketHandle
        var partner: UInt64
        var isServer: Bool
    }

    init(on network: SimulatedNetwork, from origin: SocketAddress, to target: SocketAddress, fault: Fault? = nil) {
        self.network = network
        self.target = target
        self.fault = fault
        spoilsAt = network.random.number(in: 20...60)
        engine = SimulatedEngine(on: network)
        engine.listen(on: network.listen(on: origin), listener: ListenerID(rawValue: 0))
    }

    func turn() {
        engine.wait(until: nil)
        while let completion = engine.nextCompletion() { handle(completion) }
    }

    private func handle(_ completion: Completion) {
        switch completion {
        case .accepted(_, let socket):
            let (client, server) = (next, next + 1)
            next += 2
            let clientHandle = engine.attach(socket, token: SocketToken(rawValue: client))
            let serverHandle = engine.connect(
                to: target, options: SocketOptions(), token: SocketToken(rawValue: server))
            ends[client] = End(handle: clientHandle, partner: server, isServer: false)
            ends[server] = End(handle: serverHandle, partner: client, isServer: true)
        case .received(let token, let piece): relay(token.rawValue, piece)
        case .closed(let token), .failed(let token, _): end(token.rawValue)
        case .congested(let token):
            guard fault != .ignoresBackPressure else { return }
            if let end = ends[token.rawValue], let partner = ends[end.partner] {
                engine.pause(partner.handle, watchingForClose: false)
            }
        case .drained(let token):
            if let end = ends[token.rawValue], let partner = ends[end.partner] { engine.resume(partner.handle) }
        case .connected, .acceptFailed: break
        }
    }

    private func relay(_ number: UInt64, _ piece: ReceivedPiece) {
        guard let end = ends[number], var partner = ends[end.partner] else { return }
        pieceCount += 1
        var range = 0..<piece.count
        if pieceCount >= spoilsAt, end.isServer {
            switch fault {
            case .swapsAnswers:
                guard
                    let other = (0..<next).compactMap({ ends[$0] }).first(where: {
                        !$0.isServer && $0.handle != partner.handle
                    })
                else { break }
                partner = other
                fault = nil
            case .losesBytes:
                range = 0..<piece.count - 1
                fault = nil
            case .repeatsBytes:
                _ = engine.forward(piece, range, to: partner.handle)
                fault = nil
            default: break
            }
        }
        if !engine.forward(piece, range, to: partner.handle), fault != .ignoresBackPressure {
            engine.pause(end.handle, watchingForClose: false)
        }
    }

    private func end(_ number: UInt64) {
        guard let end = ends.removeValue(forKey: number) else { return }
        engine.close(end.handle, flushing: false)
        guard let partner = ends.removeValue(forKey: end.partner) else { return }
        engine.close(partner.handle, flushing: true)
    }
}
