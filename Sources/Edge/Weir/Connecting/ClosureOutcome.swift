import Synchronization

/// The outcome of an application's closure, which may ignore cancellation or never return.
enum ClosureOutcome<Value: Sendable>: Sendable {
    case returned(Value)
    case threw(any Error)
    /// The time limit expired. The closure was cancelled, and continues in the background if it ignores that.
    case timedOut
    /// The calling task was cancelled, and the closure with it.
    case cancelled

    /// Runs `body` in a task of its own and waits until it returns, until `limit` expires (`nil` for no limit), or
    /// until the calling task is cancelled.
    static func of(
        within limit: Duration? = nil, _ body: @escaping @Sendable () async throws -> Value
    ) async -> Self {
        let race = Race()
        let work = Task {
            do { race.end(.returned(try await body())) } catch { race.end(.threw(error)) }
        }
        let alarm = limit.map { limit in
            Task {
                do { try await Task.sleep(for: limit.sleepable) } catch { return }
                race.end(.timedOut)
            }
        }
        defer {
            work.cancel()
            alarm?.cancel()
        }
        return await withTaskCancellationHandler {
            await race.outcome()
        } onCancel: {
            race.end(.cancelled)
        }
    }

    /// The first outcome counts.
    private final class Race: Sendable {
        private enum State {
            case running
            case awaited(CheckedContinuation<ClosureOutcome, Never>)
            case over(ClosureOutcome)
        }

        private let state = Mutex(State.running)

        func end(_ outcome: ClosureOutcome) {
            let waiter = state.withLock { state -> CheckedContinuation<ClosureOutcome, Never>? in
                switch state {
                case .running:
                    state = .over(outcome)
                    return nil
                case .awaited(let waiter):
                    state = .over(outcome)
                    return waiter
                case .over: return nil
                }
            }
            waiter?.resume(returning: outcome)
        }

        /// Waits for the outcome. Must be called at most once.
        func outcome() async -> ClosureOutcome {
            await withCheckedContinuation { continuation in
                let outcome = state.withLock { state -> ClosureOutcome? in
                    if case .over(let outcome) = state { return outcome }
                    state = .awaited(continuation)
                    return nil
                }
                if let outcome { continuation.resume(returning: outcome) }
            }
        }
    }
}
