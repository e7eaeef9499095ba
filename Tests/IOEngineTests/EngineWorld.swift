import IOEngine
import MonotonicTime
import Testing

/// Two engines and everything a test needs at the far sides of their sockets.
protocol EngineWorld: AnyObject {
    /// Two, for tests that move a socket.
    var engines: [any BoxedEngine] { get }
    /// Whether the far side can break a connection at will; a Unix socket's cannot.
    var canReset: Bool { get }
    func connectedPair() throws -> (DetachedSocket, any FarSide)
    func listeningSocket() throws -> (DetachedSocket, SocketAddress)
    /// A client of a listening socket.
    func dial(_ address: SocketAddress) throws -> any FarSide
    /// A server that accepts; the closure gives the newest connection once it is there.
    func server() throws -> (SocketAddress, () -> (any FarSide)?)
    func refusingAddress() throws -> SocketAddress
    /// A little time passes for the far sides and for the engines, which get their turns.
    func pass(_ each: (Int, Completion) -> Void)
}

/// The test's end of a connection.
protocol FarSide: AnyObject {
    func send(_ bytes: [UInt8])
    func closeSending()
    func close()
    func reset()
    var isReading: Bool { get set }
    /// Everything that has arrived.
    var received: [UInt8] { get }
    /// The engine's end is closed, or the connection broken.
    var isOver: Bool { get }
    var wasReset: Bool { get }
}

extension EngineWorld {
    var engine: any BoxedEngine { engines[0] }

    /// Lets time pass until `isEnough`, and returns what the first engine reported.
    ///
    /// - Parameter each: may use the engine while it sees the completion.
    func collect(
        _ sourceLocation: SourceLocation = #_sourceLocation, until isEnough: ([Seen]) -> Bool,
        each: (Completion) -> Void = { _ in }
    ) -> [Seen] {
        var seen: [Seen] = [], passes = 0
        let clock = ContinuousClock(), start = clock.now
        // A pass takes no real time in the simulation; on a busy machine the kernel may need many.
        while !isEnough(seen), passes < 500 || clock.now - start < .seconds(60) {
            passes += 1
            pass { number, completion in
                guard number == 0 else { return }
                seen.append(Seen(completion))
                each(completion)
            }
        }
        #expect(isEnough(seen), "time is up; seen: \(seen.events)", sourceLocation: sourceLocation)
        return seen
    }

    /// What is reported while nothing is being waited for.
    func settle() -> [Seen] {
        var seen: [Seen] = []
        for _ in 0..<8 { pass { number, completion in if number == 0 { seen.append(Seen(completion)) } } }
        return seen
    }

    /// A connection with one end in the first engine.
    func attached(_ token: SocketToken) throws -> (SocketHandle, any FarSide) {
        let (socket, far) = try connectedPair()
        return (engine.attach(socket, token: token), far)
    }

    /// Sends until bytes stay queued although time passes; returns everything sent.
    func sendUntilFull(_ handle: SocketHandle) -> [UInt8] {
        var sent: [UInt8] = []
        for round in 0..<4096 {
            let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: round), count: 9973)
            sent += bytes
            if engine.send(bytes, to: handle) { continue }
            // A socket may take less than it has room for: more than any room, then.
            let more = [UInt8](repeating: 0xee, count: 65_536)
            #expect(!engine.send(more, to: handle))
            sent += more
            // An engine that collects what is sent in a turn may yet find room for it.
            if !settle().contains(where: { if case .drained = $0 { true } else { false } }) { return sent }
        }
        Issue.record("sends never came to a halt")
        return sent
    }
}

/// The engines and kinds of sockets every contract test runs on.
enum WorldKind: CustomTestStringConvertible, Sendable {
    case tcp(KernelEngine)
    case unix(KernelEngine)
    case simulated(seed: UInt64)

    static let all: [WorldKind] =
        KernelEngine.available.flatMap { [.tcp($0), .unix($0)] } + (1...24).map { .simulated(seed: $0) }

    var testDescription: String {
        switch self {
        case .tcp(let engine): "\(engine), TCP"
        case .unix(let engine): "\(engine), Unix"
        case .simulated(let seed): "simulated, seed \(seed)"
        }
    }

    func make() throws -> any EngineWorld {
        switch self {
        case .tcp(let engine): try KernelWorld(engine, isUnix: false)
        case .unix(let engine): try KernelWorld(engine, isUnix: true)
        case .simulated(let seed): SimulatedWorld(seed: seed)
        }
    }
}

let tokenA = SocketToken(rawValue: 0xa)
let tokenB = SocketToken(rawValue: 0xb)
