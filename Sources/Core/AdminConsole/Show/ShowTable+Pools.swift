/// One pool, for SHOW POOLS.
package struct PoolRow: Hashable, Sendable {
    package var database: String
    package var user: String
    package var clientsActive: Int = 0
    package var clientsWaiting: Int = 0
    /// Cancel requests that have been passed on and not answered.
    package var clientsActiveCancelRequest: Int = 0
    /// Cancel requests that have not been passed on.
    package var clientsWaitingCancelRequest: Int = 0
    package var serversActive: Int = 0
    /// Connections that carry a cancel request.
    package var serversActiveCancel: Int = 0
    /// Servers kept from new clients until the cancel requests for them are answered.
    package var serversBeingCanceled: Int = 0
    package var serversIdle: Int = 0
    package var serversUsed: Int = 0
    package var serversTested: Int = 0
    package var serversLogin: Int = 0
    /// How long the client that is first in the queue has waited; 0 if none waits.
    package var maximumWaitMicroseconds: UInt64 = 0
    package var poolMode: String
    /// Only where the database has more than one host.
    package var loadBalanceHosts: String?

    package init(database: String, user: String, poolMode: String) {
        self.database = database
        self.user = user
        self.poolMode = poolMode
    }
}

extension ShowTable {
    /// SHOW POOLS.
    package static func pools(_ pools: [PoolRow]) -> ShowTable {
        ShowTable(
            columns: columns(.text, "database", "user")
                + columns(
                    .int4, "cl_active", "cl_waiting", "cl_active_cancel_req", "cl_waiting_cancel_req", "sv_active",
                    "sv_active_cancel", "sv_being_canceled", "sv_idle", "sv_used", "sv_tested", "sv_login", "maxwait",
                    "maxwait_us")
                + columns(.text, "pool_mode", "load_balance_hosts"),
            rows: pools.map { pool in
                [
                    pool.database, pool.user, "\(pool.clientsActive)", "\(pool.clientsWaiting)",
                    "\(pool.clientsActiveCancelRequest)", "\(pool.clientsWaitingCancelRequest)",
                    "\(pool.serversActive)", "\(pool.serversActiveCancel)", "\(pool.serversBeingCanceled)",
                    "\(pool.serversIdle)", "\(pool.serversUsed)", "\(pool.serversTested)", "\(pool.serversLogin)",
                    "\(pool.maximumWaitMicroseconds / 1_000_000)", "\(pool.maximumWaitMicroseconds % 1_000_000)",
                    pool.poolMode, pool.loadBalanceHosts,
                ]
            })
    }
}
