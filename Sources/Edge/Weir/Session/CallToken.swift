import Synchronization

/// Identifies one call, so that any thread can stop it.
final class CallToken: Sendable {
    // A task may be cancelled before its call has reached the event loop.
    private let flag = Atomic(false)

    init() {}

    /// Whether the task was cancelled.
    var isCancelled: Bool { flag.load(ordering: .relaxed) }

    func cancel() { flag.store(true, ordering: .relaxed) }
}
