import MonotonicTime
import PoolCore

extension PoolDriver {
    /// Starts to keep the minimum number of connections open that the settings require.
    package func start() {
        let hasMetrics = observer.hasMetrics
        locked { state, now, effects in state.start(hasMetrics: hasMetrics, at: now, &effects) }
    }

    /// The current statistics.
    package var statistics: PoolStatistics { locked { state, _, _ in state.statistics } }

    /// Whether the server is currently unavailable because no connection can be made. Starts another attempt in the
    /// background if one is due.
    package var isUnavailable: Bool { locked { state, now, effects in state.isUnavailable(at: now, &effects) } }

    /// Sets the minimum (`nil` to keep it) and the maximum number of connections; excess connections are closed when
    /// they become idle.
    package func resize(minimum: Int?, maximum: Int) {
        locked { state, now, effects in state.resize(minimum: minimum, maximum: maximum, at: now, &effects) }
    }

    /// Replaces every connection: an idle one now, any other when it is released.
    package func expire() { locked { state, now, effects in state.expire(at: now, &effects) } }

    /// Does the same as ``expire()``, and waits until the last of them is closed.
    package func drain() async {
        expire()
        await withCheckedContinuation { waiter in
            locked { state, now, effects in state.awaitExpired(waiter, at: now, &effects) }
        }
    }

    /// Grants no leases until ``resume()``, and waits until every connection is released and closed.
    package func pause() async {
        await withCheckedContinuation { waiter in
            locked { state, now, effects in state.awaitPaused(waiter, at: now, &effects) }
        }
    }

    /// Ends ``pause()``.
    package func resume() { locked { state, now, effects in state.resume(at: now, &effects) } }

    /// Fails the waiting callers, waits for leased connections up to `timeout`, and closes everything.
    ///
    /// If the task is cancelled, everything is closed at once. Any number of tasks may wait for the end.
    package func close(within timeout: Duration) async {
        beginClosing(within: timeout)
        await withTaskCancellationHandler {
            await closed()
        } onCancel: {
            closeImmediately()
        }
    }

    /// Begins to close the pool, without waiting.
    package func beginClosing(within timeout: Duration) {
        locked { state, now, effects in state.close(deadline: now + timeout, at: now, &effects) }
    }

    /// Waits until everything is closed, no matter who closes it.
    package func closed() async {
        await withCheckedContinuation { waiter in
            locked { state, _, effects in state.awaitClosed(waiter, &effects) }
        }
    }

    /// Closes everything at once, because the pool was deallocated.
    ///
    /// - Returns: whether there was anything to close.
    package func abandon() -> Bool {
        let isClosed = locked { state, _, _ in state.isClosed || state.entries.allSatisfy { $0 == nil } }
        closeImmediately()
        return !isClosed
    }

    /// Closes everything at once, including leased connections.
    package func closeImmediately() { locked { state, now, effects in state.closeImmediately(at: now, &effects) } }
}
