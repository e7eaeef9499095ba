/// One database, for SHOW DATABASES.
///
/// Sizes and limits are the effective ones, defaults filled in.
package struct DatabaseRow: Hashable, Sendable {
    package var name: String
    /// `nil` for the default Unix socket.
    package var host: String?
    package var port: Int
    /// Its name on the server.
    package var serverDatabase: String
    package var forceUser: String?
    package var poolSize: Int = 0
    package var minimumPoolSize: Int = 0
    package var reservePoolSize: Int = 0
    /// In seconds; the lower 32 bits are shown, as by PgBouncer.
    package var serverLifetime: Int64 = 0
    /// `nil` unless the database sets its own.
    package var poolMode: String?
    /// Only where the database has more than one host.
    package var loadBalanceHosts: String?
    /// Servers; 0 is no limit.
    package var maximumConnections: Int = 0
    package var currentConnections: Int = 0
    /// Clients; 0 is no limit.
    package var maximumClientConnections: Int = 0
    package var currentClientConnections: Int = 0
    package var isPaused = false
    package var isDisabled = false

    package init(name: String, host: String?, port: Int, serverDatabase: String) {
        self.name = name
        self.host = host
        self.port = port
        self.serverDatabase = serverDatabase
    }
}

extension ShowTable {
    /// SHOW DATABASES.
    package static func databases(_ databases: [DatabaseRow]) -> ShowTable {
        ShowTable(
            columns: columns(.text, "name", "host") + columns(.int4, "port")
                + columns(.text, "database", "force_user")
                + columns(.int4, "pool_size", "min_pool_size", "reserve_pool_size", "server_lifetime")
                + columns(.text, "pool_mode", "load_balance_hosts")
                + columns(
                    .int4, "max_connections", "current_connections", "max_client_connections",
                    "current_client_connections", "paused", "disabled"),
            rows: databases.map { database in
                [
                    database.name, database.host, "\(database.port)", database.serverDatabase, database.forceUser,
                    "\(database.poolSize)", "\(database.minimumPoolSize)", "\(database.reservePoolSize)",
                    "\(Int32(truncatingIfNeeded: database.serverLifetime))", database.poolMode, database.loadBalanceHosts,
                    "\(database.maximumConnections)", "\(database.currentConnections)",
                    "\(database.maximumClientConnections)", "\(database.currentClientConnections)",
                    database.isPaused ? "1" : "0", database.isDisabled ? "1" : "0",
                ]
            })
    }
}
