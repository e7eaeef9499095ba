extension PostgresPool {
    /// What is done with a connection when it is given back.
    ///
    /// A transaction that is still open is rolled back whatever the policy.
    public enum ResetPolicy: Hashable, Sendable {
        /// Nothing, unless the session was changed (`SET`, `LISTEN`, temporary tables, `PREPARE`, …): then what was
        /// changed is undone. Costs nothing for most users of a connection. A `set_config` or an advisory lock inside
        /// of a query is not seen; use ``discardAll`` if you have such.
        case tracked
        /// `DISCARD ALL` every time: one round trip, and prepared statements have to be prepared again.
        case discardAll
        /// Nothing more.
        case none
    }

    /// What has to work before the pool is ready.
    public enum StartPolicy: Hashable, Sendable {
        /// Connections are opened when they are needed.
        case lazy
        /// One connection has to be made first: ``PostgresPool/run()``, ``PostgresPool/start(file:line:)`` and
        /// ``PostgresPool/with(_:_:)-(PostgresPool.Configuration,_)`` throw if there can be none.
        case failFast
    }
}
