extension PoolOptions {
    /// What the connection string of a pool may set besides libpq's keywords: other programs' spellings.
    ///
    /// libpq itself knows none of them, so they are refused wherever a single connection is described.
    ///
    /// Sources: Prisma's reference of connection URLs for PostgreSQL (version 6); the documentation of pgx's `pgxpool`,
    /// `ParseConfig` (version 5).
    public enum Key: String, CaseIterable, Hashable, Sendable {
        /// `dbname`, as SQLAlchemy, asyncpg and node-postgres call it.
        case database
        /// Prisma: the schema in which names are looked up; it becomes the session's `search_path`.
        case schema
        /// Prisma: the most connections there may be. From 1.
        case connectionLimit = "connection_limit"
        /// Prisma: seconds that may be waited for a connection; 0 to wait for ever.
        case poolTimeout = "pool_timeout"
        /// Prisma: seconds that an answer may take; 0 for ever.
        case socketTimeout = "socket_timeout"
        /// Prisma: seconds after which a connection is replaced; 0 for never.
        case maxConnectionLifetime = "max_connection_lifetime"
        /// Prisma: seconds after which a connection that nobody uses is closed; 0 for never.
        case maxIdleConnectionLifetime = "max_idle_connection_lifetime"
        /// Prisma: statements that each connection keeps prepared; 0 for none.
        case statementCacheSize = "statement_cache_size"
        /// Prisma: `true` if a pooler in transaction mode stands in between, so that nothing may stay in a session.
        case pgbouncer
        /// pgx: the most connections there may be. From 1.
        case poolMaxConns = "pool_max_conns"
        /// pgx: connections there are even if nobody uses them. From 0.
        case poolMinConns = "pool_min_conns"
        /// pgx: connections that are kept ready beyond those in use. From 0.
        case poolMinIdleConns = "pool_min_idle_conns"
        /// pgx: the time, in Go's spelling (`1h30m`), after which a connection is replaced; 0 for never.
        case poolMaxConnLifetime = "pool_max_conn_lifetime"
        /// pgx: the time by which lifetimes differ at most, so that not all connections end at once.
        case poolMaxConnLifetimeJitter = "pool_max_conn_lifetime_jitter"
        /// pgx: the time after which a connection that nobody uses is closed; 0 for never.
        case poolMaxConnIdleTime = "pool_max_conn_idle_time"
        /// pgx: the time between two looks at connections that nobody uses.
        case poolHealthCheckPeriod = "pool_health_check_period"
        /// pgx: the time that a test of a connection may take; 0 for ever.
        case poolPingTimeout = "pool_ping_timeout"
    }
}
