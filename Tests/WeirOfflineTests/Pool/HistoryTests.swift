import SeededChance
import Testing
import Weir

/// Everything that may happen to a pool, in random order; and what must hold whatever happens.
///
/// A seed that fails is a complete report: it repeats the same history.
@Suite("Random histories of a pool")
struct HistoryTests {
    @Test(arguments: 0..<60 as Range<UInt64>)
    func `The invariants hold in every history`(seed: UInt64) {
        let history = PoolHistory(seed: seed)
        for _ in 0..<250 {
            history.step()
            if !history.violations.isEmpty { break }
        }
        history.end()
        #expect(history.violations == [])
    }
}

private final class PoolHistory {
    private struct Waiter {
        let caller: PoolWorld.Caller
        let deadline: Duration
    }

    private(set) var violations: [String] = []
    private var random: SplitMix64
    private let world: PoolWorld
    private var maximum: Int
    /// The connections allowed, including those that a lowered maximum has not closed yet.
    private var allowed: Int
    private var waiting: [Waiter] = []
    private var leases: [Lease<FakeConnection>] = []
    private var isPaused = false
    private var pauses: [PoolWorld.Job] = []
    private var steps = 0
    private var last = ""

    init(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let maximum = Int.random(in: 1...5, using: &random)
        let minimum = Int.random(in: 0...maximum, using: &random)
        let (lifetime, idle) = (Int.random(in: 10...100, using: &random), Int.random(in: 5...50, using: &random))
        let ready = Bool.random(using: &random) ? 0 : Int.random(in: 0...maximum, using: &random)
        self.maximum = maximum
        allowed = maximum
        world = PoolWorld(seed: seed) {
            $0.maximumConnections = maximum
            $0.minimumConnections = minimum
            $0.minimumIdleConnections = ready
            $0.maximumLifetime = .seconds(lifetime)
            $0.idleTimeout = .seconds(idle)
            $0.leakThreshold = .seconds(20)
            $0.idleTransactionThreshold = .seconds(8)
        }
        self.random = random
    }

    private func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    func step() {
        steps += 1
        last = act()
        world.settle()
        look()
    }

    private func act() -> String {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<30: return ask()
        case 30..<55: return giveBack()
        case 55..<62:
            waiting.randomElement(using: &random)?.caller.cancel()
            return "cancel"
        case 62..<68:
            world.servers.filter(\.isOpen).randomElement(using: &random)?.die()
            return "die"
        case 68..<71:
            world.servers.filter(\.isOpen).randomElement(using: &random)?.dieSilently()
            return "die silently"
        case 71..<78: return changeWeather()
        case 78..<80: return resize()
        case 80..<83: return pause()
        case 83..<84:
            world.driver.expire()
            return "expire"
        default:
            world.advance(by: .milliseconds(Int.random(in: 1...(chance(10) ? 30_000 : 1_000), using: &random)))
            return "advance"
        }
    }

    private func ask() -> String {
        let timeout = Duration.milliseconds(Int.random(in: chance(10) ? 0...0 : 1...20_000, using: &random))
        let deadline = world.clock.now.offset + timeout
        waiting.append(Waiter(caller: world.caller(timeout: timeout), deadline: deadline))
        return "ask"
    }

    private func giveBack() -> String {
        guard let index = leases.indices.randomElement(using: &random) else { return "nothing" }
        let lease = leases.remove(at: index)
        if chance(30) {
            let answers: [FakeConnection.Answer] = [.good, .good, .bad, .none]
            let (reset, check) = (
                answers.randomElement(using: &random) ?? .good, answers.randomElement(using: &random) ?? .good
            )
            lease.server.set { ($0.isClean, $0.reset, $0.check, $0.close) = (false, reset, check, check) }
        }
        if chance(5) { lease.observe(PostgresError(.connectionLost, "gone")) }
        world.driver.release(lease)
        if chance(5) { world.driver.release(lease) }
        return "give back"
    }

    private func changeWeather() -> String {
        let delay = Duration.milliseconds(Int.random(in: 0...3_000, using: &random))
        let weathers: [PoolWorld.Opening] = [
            .works, .works, .succeeds(after: delay), .isDown, .refuses, .hangs,
            .fails(PostgresError(.connectFailed, "no route"), after: delay),
        ]
        world.set(weathers.randomElement(using: &random) ?? .works)
        return "weather"
    }

    private func resize() -> String {
        maximum = Int.random(in: 1...6, using: &random)
        allowed = max(allowed, maximum)
        world.driver.resize(minimum: Int.random(in: 0...maximum, using: &random), maximum: maximum)
        return "resize"
    }

    private func pause() -> String {
        if isPaused {
            world.driver.resume()
        } else {
            let driver = world.driver
            pauses.append(world.run { await driver.pause() })
        }
        isPaused.toggle()
        return isPaused ? "pause" : "resume"
    }

    // MARK: What must hold

    private func blame(_ text: String) { violations.append("step \(steps) (\(last)): \(text)") }

    private func look() {
        collect()
        let numbers = world.numbers
        let count = numbers.total + numbers.connecting + numbers.closing
        allowed = max(maximum, min(allowed, count))
        if count > allowed { blame("\(count) connections, \(allowed) allowed") }
        if world.living.count > allowed + leases.count { blame("more connections are open than the pool knows of") }
        if numbers.waiting != waiting.count { blame("\(numbers.waiting) wait by its count, \(waiting.count) really") }
        let lent = Set(leases.map(\.server.number))
        if lent.count != leases.count { blame("one connection is lent twice") }
        if numbers.inUse > leases.count { blame("\(numbers.inUse) in use by its count, \(leases.count) really") }
        if numbers.idle > 0, numbers.waiting > numbers.testing, !isPaused {
            blame("a caller waits although a connection is idle")
        }
        let now = world.clock.now.offset
        if waiting.contains(where: { $0.deadline <= now }) { blame("a caller waits beyond its deadline") }
        for broken in world.driver.brokenInvariants { blame(broken) }
        if let next = world.clock.next, next.offset < now { blame("a timer was missed") }
    }

    /// Collects the callers that were answered; all that came before a served one must have been answered, too.
    private func collect() {
        let served = waiting.lastIndex { $0.caller.lease != nil }
        if let served, waiting[..<served].contains(where: { $0.caller.isWaiting }) { blame("a caller was overtaken") }
        leases += waiting.compactMap(\.caller.lease)
        waiting.removeAll { !$0.caller.isWaiting }
    }

    func end() {
        last = "end"
        let driver = world.driver
        let job = world.run { await driver.close(within: .seconds(10)) }
        collect()
        if !waiting.isEmpty { blame("a caller was not told that the pool closes") }
        for lease in leases where chance(50) { world.release(lease) }
        world.advance(by: .seconds(10))
        if !job.hasEnded { blame("closing does not end") }
        if pauses.contains(where: { !$0.hasEnded }) { blame("pausing does not end") }
        if !world.living.isEmpty { blame("open after the end: \(world.living)") }
        if world.clock.sleepers > 0 { blame("a task still sleeps") }
        if driver.recordCount > 0 { blame("records are left") }
        let numbers = driver.statistics
        if numbers.created != numbers.destroyed.values.reduce(0, +) { blame("created \(numbers)") }
    }
}
