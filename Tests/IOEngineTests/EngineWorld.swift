import IOEngine
import MonotonicTime
import Testing

/// Two engines, and the far sides of their sockets for a test.
protocol EngineWorld: AnyObject {
    /// Two engines, for tests that move a socket.
    var engines: [any BoxedEngine] { get }
    /// Whether the far side can reset a connection; a Unix socket's cannot.
    var canReset: Bool { get }
    func connectedPair() throws -> (DetachedSocket, any FarSide)
    func listeningSocket() throws -> (DetachedSocket, SocketAddress)
    /// A client of a listening socket.
    func dial(_ address: SocketAddress) throws -> any FarSide
    /// Creates a server that accepts; the closure returns the newest connection, or `nil` if there is none yet.
    func server() throws -> (SocketAddress, () -> (any FarSide)?)
    func refusingAddress() throws -> SocketAddress
    /// Lets a short time pass for the far sides and for the engines, which get their turns.
    func pass(_ each: (Int, Completion) -> Void)
}

/// The test's end of a connection.
protocol FarSide: AnyObject {
    func send(_ bytes: [UInt8])
    func closeSending()
    func close()
    func reset()
    var isReading: Bool { get set }
    /// All bytes that have arrived.
    var received: [UInt8] { get }
    /// Whether the engine's end is closed, or the connection broken.
    var isOver: Bool { get }
    var wasReset: Bool { get }
}

extension EngineWorld {
    var engine: any BoxedEngine { engines[0] }

    /// Lets time pass until `isEnough`, and returns the reports of the first engine.
    ///
    /// - Parameter each: called with each completion; it may use the engine.
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

    /// The reports while nothing is expected.
    func settle() -> [Seen] {
        var seen: [Seen] = []
        for _ in 0..<8 { pass { number, completion in if number == 0 { seen.append(Seen(completion)) } } }
        return seen
    }

    /// Creates a connection with one end in the first engine.
    func attached(_ token: SocketToken) throws -> (SocketHandle, any FarSide) {
        let (socket, far) = try connectedPair()
        return (engine.attach(socket, token: token), far)
    }

    /// Sends until bytes stay queued although time passes; returns all bytes sent.
    func sendUntilFull(_ handle: SocketHandle) -> [UInt8] {
        var sent: [UInt8] = []
        for round in 0..<4096 {
            let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: round), count: 9973)
            sent += bytes
            if engine.send(bytes, to: handle) { continue }
            // A socket may take less than it has room for, so more than any room is sent.
            let more = [UInt8](repeating: 0xee, count: 65_536)
            #expect(!engine.send(more, to: handle))
            sent += more
            // An engine that collects the sends of a turn may still find room for it.
            if !settle().contains(where: { if case .drained = $0 { true } else { false } }) { return sent }
        }
        Issue.record("sends never stalled")
        return sent
    }
}

/// The engines and kinds of sockets that every contract test runs on.
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

    /// The events of a watched socket whose peer closes. The kernel reports at once that a Unix peer no longer receives,
    /// but a TCP peer only after bytes have been sent to it.
    func eventsOfClose(_ token: SocketToken) -> [Seen] {
        if case .unix = self { [.closed(token), .failed(token, 104)] } else { [.closed(token)] }
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
