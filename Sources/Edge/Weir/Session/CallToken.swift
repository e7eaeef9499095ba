import Synchronization

/// One call of an application: who it is when it is to be stopped, from whatever thread.
final class CallToken: Sendable {
    // A task may be cancelled before its call has reached the event loop.
    private let mark = Atomic(false)

    init() {}

    /// Whether the task was cancelled.
    var isCancelled: Bool { mark.load(ordering: .relaxed) }

    func cancel() { mark.store(true, ordering: .relaxed) }
}
