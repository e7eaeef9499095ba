import Glibc
import IOEngine
import MonotonicTime
import Testing

/// The kernel engines, on each kind of socket: the simulated one never delays receiving.
struct BulkKind: CustomTestStringConvertible, Sendable {
    let engine: KernelEngine
    let isUnix: Bool

    static let all = KernelEngine.available.flatMap { engine in
        [true, false].map { BulkKind(engine: engine, isUnix: $0) }
    }

    var testDescription: String { "\(engine), \(isUnix ? "Unix" : "TCP")" }
}

/// A far side that sends one piece per turn of the engine, and a check of the bytes that arrive.
final class BulkStream {
    let world: KernelWorld
    let far: any FarSide
    private(set) var socket: SocketHandle
    private(set) var received = 0
    /// The number of turns that received nothing although bytes had been sent.
    private(set) var emptyTurns = 0
    private var sent = 0
    private var present = 0
    private var isIntact = true
    private static let pieceSize = 16_384

    init(_ kind: BulkKind) throws {
        world = try KernelWorld(kind.engine, isUnix: kind.isUnix)
        (socket, far) = try world.attached(tokenA)
    }

    var engine: any BoxedEngine { world.engines[present] }

    /// Sends a piece and runs a turn that does not wait.
    func next() {
        let offset = sent % Self.period
        far.send(Array(Self.pattern[offset..<offset + Self.pieceSize]))
        sent += Self.pieceSize
        let before = received
        engine.turn(until: engine.now) { check($0) }
        if received == before { emptyTurns += 1 }
    }

    /// Moves the socket to the other engine.
    func handOver() {
        for _ in 0..<1_000 {
            if let detached = engine.detach(socket) {
                present = 1 - present
                socket = engine.attach(detached, token: tokenA)
                return
            }
            engine.turn(until: engine.now) { check($0) }
        }
        Issue.record("the socket was never detached")
    }

    /// Whether everything arrives, followed by the end.
    func endsWell() -> Bool {
        far.closeSending()
        var hasEnded = false
        let deadline = engine.now + .seconds(120)
        while !hasEnded, engine.now < deadline {
            far.send([])
            engine.turn(until: engine.now + .milliseconds(1)) { completion in
                if case .closed(tokenA) = completion { hasEnded = true } else { check(completion) }
            }
        }
        return hasEnded && isIntact && received == sent
    }

    private func check(_ completion: Completion) {
        guard case .received(tokenA, let piece) = completion else {
            isIntact = false
            return
        }
        let offset = received % Self.period
        // memcmp, because comparing one by one takes a debug build so long that no flow is fast.
        let isAsSent = unsafe Self.pattern[offset..<offset + piece.count].withUnsafeBytes { expected in
            guard let expected = expected.baseAddress, let found = unsafe piece.bytes.baseAddress else {
                return piece.count == 0
            }
            return unsafe memcmp(expected, found, piece.count) == 0
        }
        if !isAsSent { isIntact = false }
        received += piece.count
    }

    /// A pattern whose bytes differ a piece, a page or a buffer later.
    private static let period = 251
    private static let pattern = (0..<period + 65_536).map { UInt8($0 % period) }
}
