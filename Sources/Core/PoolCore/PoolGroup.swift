package import MonotonicTime

/// Decides which client gets which server, and when to open or close one: all pools of the process in one value.
///
/// A pure value: no socket, clock, task or lock. Events and the present time go in, actions come out; equal inputs
/// give equal outputs on every machine, so a failure replays from its event log.
package struct PoolGroup: Sendable {
    /// `max_client_conn`; default 100.
    package var maxClientConnections = 100

    /// A group for `workerCount` workers, numbered from zero. The first number given out is `firstID`.
    package init(workerCount: Int, firstID: UInt64 = 1) {}

    /// The next number of the counter that clients and servers share.
    package mutating func makeID() -> UInt64 { 0 }

    // MARK: Configuration

    package mutating func addDatabase(_ limits: DatabaseLimits) -> DatabaseID { DatabaseID(index: 0, generation: 0) }

    package mutating func setLimits(
        _ limits: DatabaseLimits, of database: DatabaseID, at now: Instant, into actions: inout [Action]
    ) {}

    /// Closes the database's servers and rejects its waiting clients; `databaseRemoved` follows when all are gone.
    package mutating func removeDatabase(_ database: DatabaseID, at now: Instant, into actions: inout [Action]) {}

    package mutating func addUser(_ limits: UserLimits) -> UserID { UserID(index: 0) }

    package mutating func setLimits(
        _ limits: UserLimits, of user: UserID, at now: Instant, into actions: inout [Action]
    ) {}

    /// The pool of `database` and `user`, made if need be; `nil` if the database is gone.
    package mutating func pool(
        database: DatabaseID, user: UserID, limits: PoolLimits, at now: Instant, into actions: inout [Action]
    ) -> PoolID? { nil }

    package mutating func setLimits(
        _ limits: PoolLimits, of pool: PoolID, at now: Instant, into actions: inout [Action]
    ) {}

    // MARK: Life

    /// Records what happened, then settles every consequence.
    ///
    /// Appends to `actions`, in the order they must be performed. The driver owns that array and reuses it.
    package mutating func handle(_ event: Event, at now: Instant, into actions: inout [Action]) {}

    /// When `timePassed` is due, or `nil` if only an event can change anything.
    package var nextDeadline: Instant? { nil }

    // MARK: Counts

    package func counts(of pool: PoolID) -> PoolCounts? { nil }
    package func counts(of database: DatabaseID) -> ConnectionCounts? { nil }
    package func counts(of user: UserID) -> ConnectionCounts { ConnectionCounts() }
    /// All servers, and all admitted clients.
    package var totals: ConnectionCounts { ConnectionCounts() }
    /// Pools that exist, in no promised order; O(pools).
    package var pools: [PoolID] { [] }
    package func isPaused(_ database: DatabaseID?) -> Bool { false }
    package func isDisabled(_ database: DatabaseID) -> Bool { false }
    package func state(of server: ServerID) -> ServerState? { nil }
    /// The server is marked for closing: `close_needed` of `SHOW SERVERS`; with `server_fast_close` the driver closes
    /// it as soon as it is ready.
    package func needsClose(_ server: ServerID) -> Bool { false }
    /// The client that the server is linked to.
    package func client(of server: ServerID) -> ClientID? { nil }
}
