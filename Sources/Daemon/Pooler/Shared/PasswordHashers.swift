import Synchronization

/// Hashes passwords on a few threads of its own, so that no worker does.
///
/// A hashing takes half a millisecond with PostgreSQL's 4,096 iterations and a second with the most that are allowed.
/// How many wait is bounded, and so is what a peer can make the machine do: two threads' work. A thread ends when
/// nothing is left to do.
final class PasswordHashers: Sendable {
    /// Log-ins that wait for a hashing. A log-in beyond them fails.
    private static let mostUrgent = 1_024
    /// Refusals that wait for one; see ``KeyOrder/Purpose/delay``. A refusal beyond them is not delayed.
    private static let mostOther = 256

    private struct State {
        var urgent = Backlog()
        var other = Backlog()
        var threads = 0
    }

    /// First in, first out.
    private struct Backlog {
        private var incoming: [@Sendable () -> Void] = []
        private var outgoing: [@Sendable () -> Void] = []

        var count: Int { incoming.count + outgoing.count }

        mutating func append(_ work: @escaping @Sendable () -> Void) { incoming.append(work) }

        mutating func popFirst() -> (@Sendable () -> Void)? {
            if outgoing.isEmpty {
                outgoing = incoming.reversed()
                incoming = []
            }
            return outgoing.popLast()
        }
    }

    private let threadCount: Int
    private let state = Mutex(State())

    /// - Parameter threadCount: 0 to hash on the thread that asks.
    init(threadCount: Int) { self.threadCount = threadCount }

    /// Has `work` done, later and on another thread.
    ///
    /// - Parameter isUrgent: goes before what is not.
    /// - Returns: false if too much waits; `work` will not be done.
    func submit(isUrgent: Bool, _ work: @escaping @Sendable () -> Void) -> Bool {
        if threadCount == 0 {
            work()
            return true
        }
        let (isQueued, needsThread) = state.withLock { state -> (Bool, Bool) in
            if isUrgent {
                guard state.urgent.count < Self.mostUrgent else { return (false, false) }
                state.urgent.append(work)
            } else {
                guard state.other.count < Self.mostOther else { return (false, false) }
                state.other.append(work)
            }
            guard state.threads < threadCount else { return (true, false) }
            state.threads += 1
            return (true, true)
        }
        // Without a thread it waits until one can be started for the next.
        if needsThread, !PosixThread.start("weir-hash", { [self] in run() }) { state.withLock { $0.threads -= 1 } }
        return isQueued
    }

    private func run() {
        while true {
            let work = state.withLock { state -> (@Sendable () -> Void)? in
                if let work = state.urgent.popFirst() ?? state.other.popFirst() { return work }
                state.threads -= 1
                return nil
            }
            guard let work else { return }
            work()
        }
    }
}
