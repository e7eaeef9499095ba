import Collections
import DequeModule
import HeapModule
package import IOEngine
package import LoadPlan
package import MonotonicTime
import PGWire

/// Puts one target under load: one thread, one engine, any number of clients.
///
/// In this order: every client connects; the load runs, first unmeasured; transactions that have begun may end; done.
/// ``turn(until:)`` does whatever there is to do, and ``report`` says what came of it.
package struct LoadRunner<Engine: IOEngine & ~Copyable>: ~Copyable {
    enum Stage: Hashable {
        /// Until each client has connected or failed to.
        case connecting
        case running
        /// Nothing begins any more.
        case ending(until: Instant)
        case done
    }

    let target: LoadTarget
    let options: LoadOptions
    let draws: [ClosedRange<Int64>]
    /// Read at each answer, so that what is done for one client in a turn does not count for the next.
    let clock: () -> Instant
    var engine: Engine
    var encoder: StatementEncoder
    var connections: Slab<LoadConnection>
    var timers = Heap<Timer>()
    /// Clients that wait for an arrival, the one that has waited longest first; entries may be stale.
    var idle = Deque<IdleClient>()
    var schedule: ArrivalSchedule?
    var stage = Stage.connecting
    /// What begins, or in the open loop is due, in here is measured.
    var window: Range<Instant>
    var stageBegan: Instant

    var tally = LoadTally()
    var warmUpFinished: UInt64 = 0
    var warmUpFailed: UInt64 = 0
    /// Measured transactions that have begun.
    var measuredBegun = 0
    var lastFinish = Instant.zero
    /// Whether the measured time has begun.
    private var countsBytes = false
    var running = 0
    var connectedCount = 0
    var connectedAtStart = 0
    var settledCount = 0
    var nextToConnect: UInt32 = 0
    var serverVersion: String?
    var wasInterrupted = false
    /// What was measured since ``takeRecent()``.
    var recent = LatencyHistogram()
    /// Why the first attempt to connect that failed did.
    var firstFailure: (address: SocketAddress, error: ServerError)?

    var writer = WireWriter()
    var keys = ScramKeyCache()
    // One source of chance for each purpose, so that one does not disturb the others.
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
    ///   - clock: the time of the same clock as the engine's, at the moment it is asked.
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

    /// Whether any client ever had a connection.
    package internal(set) var hasConnected = false

    /// Waits for something to happen, or for `limit`, and deals with all of it.
    package mutating func turn(until limit: Instant? = nil) {
        guard stage != .done else { return }
        engine.wait(until: deadline(limit))
        while let completion = engine.nextCompletion() { handle(completion) }
        fireTimers()
        serveArrivals()
        beginCountingBytes()
        moveOn()
    }

    /// The bytes of the warm-up are forgotten.
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
        case .resting:
            connections[slot].state = .idle
            free(slot, at: clock())
        case .backingOff: reconnect(slot)
        case .closed, .idle, .busy, .rollingBack: break
        }
    }
}
