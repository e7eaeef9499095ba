extension PoolOptions {
    /// The keys that a pool's connection string may set in addition to libpq's keywords: other programs' spellings.
    ///
    /// libpq itself knows none of them, so a connection string for a single connection may not contain them.
    ///
    /// Sources: Prisma's reference of connection URLs for PostgreSQL (version 6); the documentation of pgx's `pgxpool`,
    /// `ParseConfig` (version 5).
    public enum Key: String, CaseIterable, Hashable, Sendable {
        /// `dbname` in SQLAlchemy, asyncpg and node-postgres.
        case database
        /// Prisma: the default schema; it becomes the session's `search_path`.
        case schema
        /// Prisma: the maximum number of connections. From 1.
        case connectionLimit = "connection_limit"
        /// Prisma: the time limit for getting a connection, in seconds; 0 for no limit.
        case poolTimeout = "pool_timeout"
        /// Prisma: the time limit for an answer, in seconds; 0 for no limit.
        case socketTimeout = "socket_timeout"
        /// Prisma: the age at which a connection is replaced, in seconds; 0 for never.
        case maxConnectionLifetime = "max_connection_lifetime"
        /// Prisma: the time after which an idle connection is closed, in seconds; 0 for never.
        case maxIdleConnectionLifetime = "max_idle_connection_lifetime"
        /// Prisma: the number of statements that each connection keeps prepared; 0 for none.
        case statementCacheSize = "statement_cache_size"
        /// Prisma: `true` if connections go through a pooler in transaction mode, so that sessions must keep no state.
        case pgbouncer
        /// pgx: the maximum number of connections. From 1.
        case poolMaxConns = "pool_max_conns"
        /// pgx: the minimum number of connections. From 0.
        case poolMinConns = "pool_min_conns"
        /// pgx: the minimum number of idle connections. From 0.
        case poolMinIdleConns = "pool_min_idle_conns"
        /// pgx: the age at which a connection is replaced, in Go's notation (`1h30m`); 0 for never.
        case poolMaxConnLifetime = "pool_max_conn_lifetime"
        /// pgx: the maximum random addition to each connection's lifetime, so that connections do not all end at once.
        case poolMaxConnLifetimeJitter = "pool_max_conn_lifetime_jitter"
        /// pgx: the time after which an idle connection is closed; 0 for never.
        case poolMaxConnIdleTime = "pool_max_conn_idle_time"
        /// pgx: the interval between checks of idle connections.
        case poolHealthCheckPeriod = "pool_health_check_period"
        /// pgx: the time limit for testing a connection; 0 for no limit.
        case poolPingTimeout = "pool_ping_timeout"
    }
}
