import PoolCore

/// What has to be done once the pool's lock is given back.
enum PoolEffect<Server: PoolServer>: Sendable {
    /// Open a connection.
    case open(ServerID)
    /// Nobody wants the connection any more that is being opened.
    case stopOpening(Task<Void, Never>)
    /// Ask the server whether it is still there and, with `role`, still of the right kind.
    case check(ServerID, Server, role: Bool)
    /// Make the connection clean, then perhaps check it.
    case reset(ServerID, Server, verify: Bool)
    /// Take leave of the server.
    case close(ServerID, Server)
    /// Close at once: somebody may be using it.
    case abort(ServerID, Server)
    /// Wake up a caller.
    case answer(PoolCallers<Server>.Continuation, PoolCallers<Server>.Answer)
    /// Wake up whoever waits for the end of something.
    case settled(CheckedContinuation<Void, Never>)
    /// Tell the log and the metrics.
    case report(PoolReport)
}

/// What the log and the metrics are told.
enum PoolReport: Sendable {
    case created(address: String, took: Duration)
    case connectFailed(PostgresError, took: Duration, retryIn: Duration)
    case destroyed(PoolClosure, address: String)
    case timedOut
    case refused
    case cancelled
    case leaked(origin: SourceLocation, held: Duration)
    case returnedAfterAll(origin: SourceLocation, held: Duration)
    case idleTransaction(origin: SourceLocation, idle: Duration)
    case suspected
    case gauges(PoolStatistics)
}
