/// What a pool's connection string says about the pool: `nil` for what it leaves to the pool.
///
/// Each property can be set by several spellings (``Key``), for the sake of strings that were written for others. They
/// may not contradict each other.
public struct PoolOptions: Hashable, Sendable {
    /// A time that may be for ever.
    public enum TimeLimit: Hashable, Sendable {
        /// There is no limit.
        case never
        /// The limit, more than zero.
        case after(Duration)

        init(_ duration: Duration) {
            self = duration > .zero ? .after(duration) : .never
        }
    }

    /// The most connections there may be: `connection_limit`, `pool_max_conns`.
    public var maximumConnections: Int?
    /// Connections there are even if nobody uses them: `pool_min_conns`.
    public var minimumConnections: Int?
    /// Connections that are kept ready beyond those in use: `pool_min_idle_conns`.
    public var minimumIdleConnections: Int?
    /// How long to wait for a connection: `pool_timeout`.
    public var acquireTimeout: TimeLimit?
    /// When a connection is replaced: `max_connection_lifetime`, `pool_max_conn_lifetime`.
    public var maximumLifetime: TimeLimit?
    /// By how much lifetimes differ: `pool_max_conn_lifetime_jitter`.
    public var lifetimeJitter: Duration?
    /// When a connection that nobody uses is closed: `max_idle_connection_lifetime`, `pool_max_conn_idle_time`.
    public var maximumIdleTime: TimeLimit?
    /// How often connections that nobody uses are looked at: `pool_health_check_period`.
    public var healthCheckPeriod: Duration?
    /// How long a test of a connection may take: `pool_ping_timeout`.
    public var pingTimeout: TimeLimit?
    /// How long an answer may take: `socket_timeout`.
    public var socketTimeout: TimeLimit?
    /// How many statements each connection keeps prepared: `statement_cache_size`.
    public var statementCacheSize: Int?
    /// Whether a pooler in transaction mode stands in between: `pgbouncer`.
    public var isBehindTransactionPooler: Bool?
    /// The schema in which names are looked up: `schema`.
    public var schema: String?

    /// Says nothing.
    public init() {}

    /// The value of `search_path` that ``schema`` asks for, quoted.
    public var searchPath: String? {
        schema.map { name in
            // By scalars: with a combining mark behind it a quote is another Character, and to the server still a quote.
            "\"" + name.unicodeScalars.reduce(into: "") { $0 += $1 == "\"" ? "\"\"" : String($1) } + "\""
        }
    }
}
