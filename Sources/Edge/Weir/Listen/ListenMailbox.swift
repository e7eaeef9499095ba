import DequeModule
import Synchronization

/// Events that wait for their reader. There is room for so many; if that is not enough, a gap says so.
package final class ListenMailbox: Sendable {
    private typealias Answer = Result<PostgresListenEvent?, PostgresError>

    private struct State {
        var events: Deque<PostgresListenEvent> = []
        var isOverfull = false
        var end: PostgresError?
        var isEnded = false
        var reader: CheckedContinuation<Answer, Never>?
    }

    private let limit: Int
    private let state = Mutex(State())

    package init(limit: Int) { self.limit = max(1, limit) }

    /// Adds an event; drops it if there are too many, and says so behind the others.
    package func add(_ event: PostgresListenEvent) {
        let reader = state.withLock { state -> CheckedContinuation<Answer, Never>? in
            guard !state.isEnded else { return nil }
            if let reader = state.reader {
                state.reader = nil
                return reader
            }
            if state.events.count < limit { state.events.append(event) } else { state.isOverfull = true }
            return nil
        }
        reader?.resume(returning: .success(event))
    }

    /// Nothing more will come.
    package func end(_ error: PostgresError?) {
        let reader = state.withLock { state -> CheckedContinuation<Answer, Never>? in
            state.isEnded = true
            state.end = error
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: error.map { .failure($0) } ?? .success(nil))
    }

    /// The next event, `nil` at the end or when the task is cancelled.
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
            if state.isOverfull {
                state.isOverfull = false
                let error = PostgresError(
                    .misuse, "more than \(limit) notifications came before they were read, and some were dropped")
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
