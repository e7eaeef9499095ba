import MonotonicTime
import PoolCore

extension PoolDriver {
    /// Begins to keep as many connections open as the settings ask for at least.
    package func start() {
        let hasMetrics = observer.hasMetrics
        locked { state, now, effects in state.start(hasMetrics: hasMetrics, at: now, &effects) }
    }

    /// The numbers of now.
    package var statistics: PoolStatistics { locked { state, _, _ in state.statistics } }

    /// Whether it is of no use now because nothing can be connected to. If it is time for another attempt, that is made in
    /// the background.
    package var isOut: Bool { locked { state, now, effects in state.isOut(at: now, &effects) } }

    /// Sets the least (`nil`: as it is) and the greatest number of connections; what is too many is closed as it comes
    /// free.
    package func resize(minimum: Int?, maximum: Int) {
        locked { state, now, effects in state.resize(minimum: minimum, maximum: maximum, at: now, &effects) }
    }

    /// Has every connection replaced: now if nobody uses it, else when it is given back.
    package func expire() { locked { state, now, effects in state.expire(at: now, &effects) } }

    /// The same, and waits until the last of them is closed.
    package func drain() async {
        expire()
        await withCheckedContinuation { waiter in
            locked { state, now, effects in state.awaitExpired(waiter, at: now, &effects) }
        }
    }

    /// Lends nothing until ``resume()``, and waits until every connection is given back and closed.
    package func pause() async {
        await withCheckedContinuation { waiter in
            locked { state, now, effects in state.awaitPaused(waiter, at: now, &effects) }
        }
    }

    /// Ends ``pause()``.
    package func resume() { locked { state, now, effects in state.resume(at: now, &effects) } }

    /// Turns away who waits, waits for what is lent, but not longer than `timeout`, and closes everything.
    ///
    /// When the task is cancelled, everything is closed at once. Any number of tasks may wait for the end.
    package func close(within timeout: Duration) async {
        beginClosing(within: timeout)
        await withTaskCancellationHandler {
            await closed()
        } onCancel: {
            cut()
        }
    }

    /// Begins to do that.
    package func beginClosing(within timeout: Duration) {
        locked { state, now, effects in state.close(deadline: now + timeout, at: now, &effects) }
    }

    /// Returns when everything is closed, whoever closes it.
    package func closed() async {
        await withCheckedContinuation { waiter in
            locked { state, _, effects in state.awaitClosed(waiter, &effects) }
        }
    }

    /// Nobody is there any more to use it: closes everything at once.
    ///
    /// - Returns: whether there was anything to close.
    package func abandon() -> Bool {
        let isClosed = locked { state, _, _ in state.isClosed || state.entries.allSatisfy { $0 == nil } }
        cut()
        return !isClosed
    }

    /// Closes everything at once, whoever uses it.
    package func cut() { locked { state, now, effects in state.cut(at: now, &effects) } }
}
