import Synchronization
import Weir

/// A connection without a server, which answers as the test decides.
final class FakeConnection: PoolServer {
    /// How a request to it ends.
    enum Answer: Sendable {
        case good, bad
        /// It is never answered.
        case none
    }

    struct State {
        var isOpen = true
        var isClean = true
        var idleTransaction: UInt64?
        var prepare = Answer.good
        var check = Answer.good
        var reset = Answer.good
        var close = Answer.good
        /// What it was asked to do, in order.
        var log: [String] = []
        var closers: [@Sendable () -> Void] = []
        var parked: [CheckedContinuation<Void, Never>] = []
    }

    /// Its number in the order of opening, from 1.
    let number: Int
    private let state = Mutex(State())

    init(number: Int, prepare: Answer = .good) {
        self.number = number
        state.withLock { $0.prepare = prepare }
    }

    var address: String { "fake:5432" }
    var isOpen: Bool { state.withLock { $0.isOpen } }
    var idleTransaction: UInt64? { state.withLock { $0.idleTransaction } }
    var log: [String] { state.withLock { $0.log } }

    func set(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

    func isClean(for policy: PostgresPool.ResetPolicy) -> Bool {
        state.withLock { policy != .discardAll && $0.isClean }
    }

    func prepare() async throws(PostgresError) {
        if await !answer("prepare", \.prepare) { throw PostgresError(.connectFailed, "not prepared") }
    }

    func reset(_ policy: PostgresPool.ResetPolicy) async -> Bool {
        let isGood = await answer("reset", \.reset)
        if isGood { state.withLock { $0.isClean = true } }
        return isGood
    }

    func check(role: Bool) async -> Bool { await answer(role ? "check role" : "check", \.check) }

    func close() async {
        _ = await answer("close", \.close)
        die()
    }

    func abort() {
        state.withLock { $0.log.append("abort") }
        die()
    }

    func onClose(_ action: @escaping @Sendable () -> Void) {
        let isOpen = state.withLock { state in
            if state.isOpen { state.closers.append(action) }
            return state.isOpen
        }
        if !isOpen { action() }
    }

    /// The connection breaks, and all its observers are notified.
    func die() {
        let (closers, parked) = state.withLock { state in
            defer { (state.isOpen, state.closers, state.parked) = (false, [], []) }
            return (state.closers, state.parked)
        }
        for waiter in parked { waiter.resume() }
        for closer in closers { closer() }
    }

    /// The connection is broken, but the pool does not know it yet.
    func dieSilently() { state.withLock { $0.isOpen = false } }

    private func answer(_ question: String, _ answer: KeyPath<State, Answer>) async -> Bool {
        let answer = state.withLock { state in
            state.log.append(question)
            return state.isOpen ? state[keyPath: answer] : .bad
        }
        guard answer == .none else { return answer == .good }
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if state.isOpen { state.parked.append(continuation) }
                return state.isOpen
            }
            if !isOpen { continuation.resume() }
        }
        return false
    }
}
