import PoolCore

/// An action to perform after the pool's lock is released.
enum PoolEffect<Server: PoolServer>: Sendable {
    /// Open a connection.
    case open(ServerID)
    /// Cancel the opening of a connection that is no longer needed.
    case stopOpening(Task<Void, Never>)
    /// Check whether the server still answers and, with `role`, still has the required role.
    case check(ServerID, Server, role: Bool)
    /// Reset the connection, then possibly check it.
    case reset(ServerID, Server, verify: Bool)
    /// Close the connection with Terminate.
    case close(ServerID, Server)
    /// Close the connection at once, because it may be in use.
    case abort(ServerID, Server)
    /// Resume a caller.
    case answer(PoolCallers<Server>.Continuation, PoolCallers<Server>.Answer)
    /// Resume a task that waits for the end of an operation.
    case resume(CheckedContinuation<Void, Never>)
    /// Report to the log and the metrics.
    case report(PoolReport)
}

/// An event that is reported to the log and the metrics.
enum PoolReport: Sendable {
    case created(address: String, took: Duration)
    case connectFailed(PostgresError, took: Duration, retryIn: Duration)
    case destroyed(PoolClosure, address: String)
    case timedOut
    case refused
    case cancelled
    case leaked(origin: SourceLocation, held: Duration)
    case leakReleased(origin: SourceLocation, held: Duration)
    case idleTransaction(origin: SourceLocation, idle: Duration)
    case suspected
    case gauges(PoolStatistics)
}
