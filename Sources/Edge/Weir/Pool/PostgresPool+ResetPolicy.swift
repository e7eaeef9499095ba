extension PostgresPool {
    /// The reset of a released connection.
    ///
    /// A transaction that is still open is rolled back whatever the policy.
    public enum ResetPolicy: Hashable, Sendable {
        /// Undoes changes to the session (`SET`, `LISTEN`, temporary tables, `PREPARE`, …), if there were any. Costs
        /// nothing for most leases. A `set_config` or an advisory lock inside of a query is not detected; use
        /// ``discardAll`` if the application has them.
        case tracked
        /// Executes `DISCARD ALL` every time: one round trip, and statements have to be prepared again.
        case discardAll
        /// Does nothing more.
        case none
    }

    /// The condition under which the pool is ready.
    public enum StartPolicy: Hashable, Sendable {
        /// Connections are opened when they are needed.
        case lazy
        /// One connection has to be made first: ``PostgresPool/run()``, ``PostgresPool/start(file:line:)`` and
        /// ``PostgresPool/with(_:_:)-(PostgresPool.Configuration,_)`` throw if that fails.
        case failFast
    }
}
