import DequeModule
import Synchronization

/// A bounded queue of events for one reader; if it overflows, a gap is reported.
package final class ListenMailbox: Sendable {
    private typealias Answer = Result<PostgresListenEvent?, PostgresError>

    private struct State {
        var events: Deque<PostgresListenEvent> = []
        var hasOverflowed = false
        var end: PostgresError?
        var isEnded = false
        var reader: CheckedContinuation<Answer, Never>?
    }

    private let limit: Int
    private let state = Mutex(State())

    package init(limit: Int) { self.limit = max(1, limit) }

    /// Adds an event. If the queue is full, drops it, and reports a gap after the queued events.
    package func add(_ event: PostgresListenEvent) {
        let reader = state.withLock { state -> CheckedContinuation<Answer, Never>? in
            guard !state.isEnded else { return nil }
            if let reader = state.reader {
                state.reader = nil
                return reader
            }
            if state.events.count < limit { state.events.append(event) } else { state.hasOverflowed = true }
            return nil
        }
        reader?.resume(returning: .success(event))
    }

    /// Ends the queue: no more events follow.
    package func end(_ error: PostgresError?) {
        let reader = state.withLock { state -> CheckedContinuation<Answer, Never>? in
            state.isEnded = true
            state.end = error
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: error.map { .failure($0) } ?? .success(nil))
    }

    /// Returns the next event; `nil` at the end or when the task is cancelled.
    package func next() async throws(PostgresError) -> PostgresListenEvent? {
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Answer, Never>) in
                if let answer = take(orKeep: continuation) { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let reader = state.withLock { state in
                defer { state.reader = nil }
                return state.reader
            }
            reader?.resume(returning: .success(nil))
        }
        return try answer.get()
    }

    private func take(orKeep continuation: CheckedContinuation<Answer, Never>) -> Answer? {
        state.withLock { state in
            if Task.isCancelled { return .success(nil) }
            if let event = state.events.popFirst() { return .success(event) }
            if state.hasOverflowed {
                state.hasOverflowed = false
                let error = PostgresError(
                    .misuse, "more than \(limit) notifications arrived before they were read, and some were dropped")
                return .success(.gap(error))
            }
            if let end = state.end { return .failure(end) }
            if state.isEnded { return .success(nil) }
            guard state.reader == nil else {
                return .failure(PostgresError(.misuse, "two tasks read the same notifications"))
            }
            state.reader = continuation
            return nil
        }
    }
}
