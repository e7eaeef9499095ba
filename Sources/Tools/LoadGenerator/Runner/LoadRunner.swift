import Collections
import DequeModule
import HeapModule
package import IOEngine
package import LoadPlan
package import MonotonicTime
import PGWire

/// Puts one target under load with one thread, one engine and any number of clients.
///
/// First every client connects; then the load runs, initially unmeasured; then transactions that have begun may end.
/// ``turn(until:)`` does all pending work, and ``report`` contains the results.
package struct LoadRunner<Engine: IOEngine & ~Copyable>: ~Copyable {
    enum Stage: Hashable {
        /// Until each client has connected or failed to.
        case connecting
        case running
        /// No further transactions begin.
        case ending(until: Instant)
        case done
    }

    let target: LoadTarget
    let options: LoadOptions
    let draws: [ClosedRange<Int64>]
    /// Read at each answer, so that the work for one client in a turn does not add to the latency of the next.
    let clock: () -> Instant
    var engine: Engine
    var encoder: StatementEncoder
    var connections: Slab<LoadConnection>
    var timers = Heap<Timer>()
    /// The clients that wait for an arrival, the one that has waited longest first; entries may be stale.
    var idle = Deque<IdleClient>()
    var schedule: ArrivalSchedule?
    var stage = Stage.connecting
    /// Transactions that begin, or in the open loop are due, in this window are measured.
    var window: Range<Instant>
    var stageBegan: Instant

    var tally = LoadTally()
    var warmUpFinished: UInt64 = 0
    var warmUpFailed: UInt64 = 0
    /// The number of measured transactions that have begun.
    var measuredBegun = 0
    var lastFinish = Instant.zero
    /// Whether the measured time has begun.
    private var countsBytes = false
    var running = 0
    var connectedCount = 0
    var connectedAtStart = 0
    var firstResultCount = 0
    var nextToConnect: UInt32 = 0
    var serverVersion: String?
    var wasInterrupted = false
    /// The latencies since ``takeRecent()``.
    var recent = LatencyHistogram()
    /// The first failure to connect.
    var firstFailure: (address: SocketAddress, error: ServerError)?

    var writer = WireWriter()
    var keys = ScramKeyCache()
    // Separate generators for each purpose, so that one does not affect the others.
    var valueRandom: LoadRandom
    var pauseRandom: LoadRandom

    struct Timer: Comparable {
        let at: Instant
        let slot: UInt32
        static func < (left: Timer, right: Timer) -> Bool { left.at < right.at }
    }

    struct IdleClient {
        let slot: UInt32
        let epoch: UInt32
    }

    /// - Parameters:
    ///   - clock: returns the current time of the engine's clock.
    package init(
        target: LoadTarget, script: Script, options: LoadOptions, engine: consuming Engine,
        clock: @escaping () -> Instant
    ) {
        self.target = target
        self.options = options
        self.clock = clock
        self.engine = engine
        draws = script.draws
        encoder = StatementEncoder(script, options.queryProtocol)
        valueRandom = LoadRandom(seed: options.seed &+ 1)
        pauseRandom = LoadRandom(seed: options.seed &+ 2)
        connections = Slab(capacity: options.clients)
        let now = clock()
        window = now..<now
        stageBegan = now
        let values = [Int64](repeating: 0, count: draws.count)
        for _ in 0..<options.clients { _ = connections.insert(LoadConnection(session: newSession, values: values)) }
        connectFirst()
    }

    package var isDone: Bool { stage == .done }

    /// Whether any client has ever been connected.
    package internal(set) var hasConnected = false

    /// Waits for completions, or until `limit`, and handles all of them.
    package mutating func turn(until limit: Instant? = nil) {
        guard stage != .done else { return }
        engine.wait(until: deadline(limit))
        while let completion = engine.nextCompletion() { handle(completion) }
        fireTimers()
        serveArrivals()
        beginCountingBytes()
        advanceStage()
    }

    /// Resets the byte counters at the end of the warm-up.
    private mutating func beginCountingBytes() {
        guard !countsBytes, stage == .running, engine.now >= window.lowerBound else { return }
        countsBytes = true
        if options.warmUp > .zero { (tally.bytesSent, tally.bytesReceived) = (0, 0) }
    }

    private func deadline(_ limit: Instant?) -> Instant? {
        var soonest = limit
        func add(_ time: Instant) { soonest = min(soonest ?? time, time) }
        if let timer = timers.min { add(timer.at) }
        switch stage {
        case .running:
            if let schedule, !idle.isEmpty { add(schedule.next) }
            add(clock() < window.lowerBound ? window.lowerBound : window.upperBound)
        case .ending(let until): add(until)
        case .connecting, .done: break
        }
        return soonest
    }

    private mutating func handle(_ completion: Completion) {
        switch completion {
        case .connected(let token): if isCurrent(token) { connected(token.client) }
        case .received(let token, let piece): if isCurrent(token) { receive(token.client, piece) }
        case .closed(let token): if isCurrent(token) { ended(token.client, .closed) }
        case .failed(let token, let error):
            if isCurrent(token) {
                ended(token.client, ServerError(code: ErrorName.of(error), message: SystemError.text(error)))
            }
        case .congested, .drained, .accepted, .acceptFailed: break
        }
    }

    private func isCurrent(_ token: SocketToken) -> Bool {
        connections.isLive(Int(token.client)) && connections[token.client].epoch == token.epoch
    }

    private mutating func fireTimers() {
        let now = engine.now
        while let timer = timers.min, timer.at <= now {
            timers.removeMin()
            guard connections[timer.slot].timer == timer.at else { continue }
            connections[timer.slot].timer = nil
            timePassed(timer.slot)
        }
    }

    mutating func setTimer(_ slot: UInt32, _ at: Instant) {
        connections[slot].timer = at
        timers.insert(Timer(at: at, slot: slot))
    }

    private mutating func timePassed(_ slot: UInt32) {
        switch connections[slot].state {
        case .connecting, .loggingIn, .preparing:
            connectFailed(slot, ServerError(code: "timeout", message: "timeout expired"), isNetwork: true)
        case .thinking:
            connections[slot].state = .idle
            free(slot, at: clock())
        case .backingOff: reconnect(slot)
        case .closed, .idle, .busy, .rollingBack: break
        }
    }
}
