import MonotonicTime
import PoolCore

extension PoolDriver {
    /// Takes a connection, waiting for one if need be. Callers are served in the order in which they came.
    ///
    /// It must be given back with ``release(_:)``.
    ///
    /// - Parameters:
    ///   - timeout: how long to wait, if not as long as the pool's settings say; zero or less for not at all.
    ///   - origin: who asks; named when the connection is held for too long.
    /// - Throws: ``PostgresError/Code/acquireTimeout``, ``PostgresError/Code/cancelled``,
    ///   ``PostgresError/Code/poolClosed``, or why there can be no connection at all.
    package func acquire(timeout: Duration?, origin: SourceLocation) async throws(PostgresError) -> Lease<Server> {
        try await acquire(timeout: timeout, since: clock.now, origin: origin)
    }

    /// The same for somebody who has waited elsewhere before: `timeout` counts from `start`, and so does the wait.
    func acquire(
        timeout: Duration?, since start: C.Instant, origin: SourceLocation
    ) async throws(PostgresError) -> Lease<Server> {
        let since = instant(start)
        let deadline = (timeout ?? settings.acquireTimeout).map { since + max($0, .zero) } ?? .never
        var isRetry = false
        while true {
            let answer = await answer(origin, since: since, deadline: deadline, atFront: isRetry)
            let lease = try answer.get()
            if lease.server.isOpen {
                observer.acquired(after: lease.since.duration(since: since))
                return lease
            }
            // It was closed, and the news of it has not come yet.
            guard lease.end() else { continue }
            locked { state, now, effects in state.discard(lease, at: now, &effects) }
            isRetry = true
        }
    }

    private func answer(
        _ origin: SourceLocation, since: Instant, deadline: Instant, atFront: Bool
    ) async -> PoolCallers<Server>.Answer {
        if Task.isCancelled {
            return .failure(PostgresError(.cancelled, "the task was cancelled").asked(by: origin))
        }
        let entrance = locked { state, now, effects in
            state.enter(origin, since: since, deadline: deadline, atFront: atFront, at: now, &effects)
        }
        switch entrance {
        case .answered(let answer): return answer
        case .waits(let client): return await wait(client)
        }
    }

    /// Cancellation and answer race for the lock: either the caller leaves, or it has a connection and will return it.
    private func wait(_ client: ClientID) async -> PoolCallers<Server>.Answer {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = locked { state, _, _ in state.callers.park(client, continuation) }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            locked { state, now, effects in state.cancel(client, at: now, &effects) }
        }
    }

    /// Gives a connection back; a second time does nothing.
    package func release(_ lease: Lease<Server>) {
        guard lease.end() else { return }
        // The connection's own lock is not taken inside of the pool's.
        let (isOpen, isClean) = (lease.server.isOpen, lease.server.isClean(for: settings.resetPolicy))
        let now = locked { state, now, effects in
            state.release(lease, isOpen: isOpen, isClean: isClean, at: now, &effects)
            return now
        }
        observer.released(after: now.duration(since: lease.since))
    }
}
