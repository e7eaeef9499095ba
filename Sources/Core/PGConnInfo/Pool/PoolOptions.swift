/// The pool's options from its connection string: `nil` for those that it does not set.
///
/// Each property can be set by several spellings (``Key``), so that strings written for other programs work. They must
/// not contradict each other.
public struct PoolOptions: Hashable, Sendable {
    /// A time limit that may be absent.
    public enum TimeLimit: Hashable, Sendable {
        /// There is no limit.
        case never
        /// The limit, more than zero.
        case after(Duration)

        init(_ duration: Duration) {
            self = duration > .zero ? .after(duration) : .never
        }
    }

    /// The maximum number of connections: `connection_limit`, `pool_max_conns`.
    public var maximumConnections: Int?
    /// The minimum number of connections: `pool_min_conns`.
    public var minimumConnections: Int?
    /// The minimum number of idle connections: `pool_min_idle_conns`.
    public var minimumIdleConnections: Int?
    /// The time limit for getting a connection: `pool_timeout`.
    public var acquireTimeout: TimeLimit?
    /// The age at which a connection is replaced: `max_connection_lifetime`, `pool_max_conn_lifetime`.
    public var maximumLifetime: TimeLimit?
    /// The maximum random addition to each lifetime: `pool_max_conn_lifetime_jitter`.
    public var lifetimeJitter: Duration?
    /// The time after which an idle connection is closed: `max_idle_connection_lifetime`, `pool_max_conn_idle_time`.
    public var maximumIdleTime: TimeLimit?
    /// The interval between checks of idle connections: `pool_health_check_period`.
    public var healthCheckPeriod: Duration?
    /// The time limit for testing a connection: `pool_ping_timeout`.
    public var pingTimeout: TimeLimit?
    /// The time limit for an answer: `socket_timeout`.
    public var socketTimeout: TimeLimit?
    /// The number of statements that each connection keeps prepared: `statement_cache_size`.
    public var statementCacheSize: Int?
    /// Whether connections go through a pooler in transaction mode: `pgbouncer`.
    public var isBehindTransactionPooler: Bool?
    /// The default schema: `schema`.
    public var schema: String?

    /// Creates options that set nothing.
    public init() {}

    /// The value of `search_path` for ``schema``, quoted.
    public var searchPath: String? {
        schema.map { name in
            // By scalars: a quote followed by a combining mark is another Character, but still a quote to the server.
            "\"" + name.unicodeScalars.reduce(into: "") { $0 += $1 == "\"" ? "\"\"" : String($1) } + "\""
        }
    }
}
