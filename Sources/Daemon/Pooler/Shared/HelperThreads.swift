import Synchronization

/// Does on a few threads of its own what takes so long that no worker should do it: hashes passwords, and puts the
/// console's long answers together.
///
/// A hashing takes half a millisecond with PostgreSQL's 4,096 iterations and a second with the most that are allowed.
/// How much work waits is bounded, and so is what a peer can make the machine do: these threads' work. A thread ends
/// when nothing is left to do.
final class HelperThreads: Sendable {
    /// For log-ins: one beyond them fails. For the console: an answer beyond them is made by the worker.
    private static let mostUrgent = 1_024
    /// Refusals that wait for a hashing; see ``KeyOrder/Purpose/delay``. A refusal beyond them is not delayed.
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

    private let name: String
    private let threadCount: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - name: what the system calls the threads.
    ///   - threadCount: 0 to work on the thread that asks.
    init(_ name: String, threadCount: Int) {
        self.name = name
        self.threadCount = threadCount
    }

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
        if needsThread, !PosixThread.start(name, { [self] in run() }) { state.withLock { $0.threads -= 1 } }
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
