import MonotonicTime
import PoolCore

extension PoolDriver {
    /// Acquires a connection, waiting for one if necessary. Callers are served in order of arrival.
    ///
    /// It must be released with ``release(_:)``.
    ///
    /// - Parameters:
    ///   - timeout: how long to wait; `nil` for the pool's default; zero or less to not wait at all.
    ///   - origin: the caller's location, which is reported if it holds the connection for too long.
    /// - Throws: ``PostgresError/Code/acquireTimeout``, ``PostgresError/Code/cancelled``,
    ///   ``PostgresError/Code/poolClosed``, or the reason why no connection can be made.
    package func acquire(timeout: Duration?, origin: SourceLocation) async throws(PostgresError) -> Lease<Server> {
        try await acquire(timeout: timeout, since: clock.now, origin: origin)
    }

    /// Does the same for a caller that has waited elsewhere before: `timeout` and the reported wait count from `start`.
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
            // It was closed, and the pool has not been notified yet.
            guard lease.end() else { continue }
            locked { state, now, effects in state.discard(lease, at: now, &effects) }
            isRetry = true
        }
    }

    private func answer(
        _ origin: SourceLocation, since: Instant, deadline: Instant, atFront: Bool
    ) async -> PoolCallers<Server>.Answer {
        if Task.isCancelled {
            return .failure(PostgresError(.cancelled, "the task was cancelled").with(origin: origin))
        }
        let result = locked { state, now, effects in
            state.requestLease(origin, since: since, deadline: deadline, atFront: atFront, at: now, &effects)
        }
        switch result {
        case .answered(let answer): return answer
        case .waits(let client): return await wait(client)
        }
    }

    /// Cancellation and answer race for the lock: either the caller leaves, or it has a connection and will release it.
    private func wait(_ client: ClientID) async -> PoolCallers<Server>.Answer {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = locked { state, _, _ in state.callers.suspend(client, continuation) }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            locked { state, now, effects in state.cancel(client, at: now, &effects) }
        }
    }

    /// Releases a connection; a second call does nothing.
    package func release(_ lease: Lease<Server>) {
        guard lease.end() else { return }
        // Do not take the connection's own lock inside of the pool's.
        let (isOpen, isClean) = (lease.server.isOpen, lease.server.isClean(for: settings.resetPolicy))
        let now = locked { state, now, effects in
            state.release(lease, isOpen: isOpen, isClean: isClean, at: now, &effects)
            return now
        }
        observer.released(after: now.duration(since: lease.since))
    }
}
