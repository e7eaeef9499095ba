package import MonotonicTime

/// One row of `SHOW POOLS`, without the names.
package struct PoolCounts: Hashable, Sendable {
    package var clActive = 0
    package var clWaiting = 0
    package var clActiveCancelReq = 0
    package var clWaitingCancelReq = 0
    package var svActive = 0
    package var svActiveCancel = 0
    package var svBeingCanceled = 0
    package var svIdle = 0
    package var svUsed = 0
    package var svTested = 0
    package var svLogin = 0
    /// Servers that were told to close and have not confirmed it; PgBouncer has no column for them.
    package var svClosing = 0
    /// Since when the longest-waiting client waits; `nil` when none does. `maxwait` is the time from then.
    package var waitingSince: Instant?

    package init() {}
}

/// What `SHOW DATABASES` and `SHOW USERS` count.
package struct ConnectionCounts: Hashable, Sendable {
    /// Servers, those being opened and closed included.
    package var connections = 0
    package var clientConnections = 0

    package init(connections: Int = 0, clientConnections: Int = 0) {
        self.connections = connections
        self.clientConnections = clientConnections
    }
}

/// What a server is doing: PgBouncer's words of `SHOW SERVERS`.
package enum ServerState: Hashable, Sendable {
    case login, active, idle, used, tested, beingCanceled
    /// Told to close, not yet confirmed.
    case closing
}
