import MonotonicTime

/// Errors that describe the state of the pool.
extension PoolState {
    /// The error of a caller for which no connection became free in time.
    func timeoutError(_ caller: PoolCallers<Server>.Caller, at now: Instant) -> PostgresError {
        let waited = now.duration(since: caller.since).inWords
        var error = PostgresError(.acquireTimeout, "no connection was free within \(waited): \(summary(at: now))")
        error.origin = caller.origin
        error.underlying = failure?.error
        return error
    }

    /// The error of a caller that is refused because too many wait already.
    func waiterLimitError(_ origin: SourceLocation, at now: Instant) -> PostgresError {
        var error = PostgresError(
            .acquireTimeout, "too many callers wait for a connection already (maximumWaiters): \(summary(at: now))")
        error.origin = origin
        error.underlying = failure?.error
        return error
    }

    /// Describes which callers hold connections, how many wait, and why there are no more. O(connections)
    private func summary(at now: Instant) -> String {
        let numbers = statistics
        var parts = ["\(numbers.inUse) of \(numbers.maximum) connections in use"]
        if let longest = entries.compactMap({ $0?.lease }).min(by: { $0.since < $1.since }) {
            let held = now.duration(since: longest.since).inWords
            parts[0] += ", the longest for \(held) by \(longest.origin)"
        }
        if numbers.idle > 0 { parts.append("\(numbers.idle) idle") }
        if numbers.testing > 0 { parts.append("\(numbers.testing) being checked or reset") }
        if numbers.connecting > 0 { parts.append("\(numbers.connecting) being opened") }
        if numbers.closing > 0 { parts.append("\(numbers.closing) being closed") }
        parts.append("\(numbers.waiting) waiting")
        if numbers.isPaused { parts.append("the pool is paused") }
        if let failure {
            let ago = now.duration(since: failure.at).inWords
            parts.append("the last attempt to connect failed \(ago) ago: \(failure.error.headline(verbose: false))")
        }
        return parts.joined(separator: "; ")
    }
}
