public import CoreMetrics
public import Logging
public import PGConnInfo
public import Tracing

extension PostgresPool {
    /// All settings of a pool.
    ///
    /// The defaults suit most services. Consider ``maximumConnections``, because all processes together must stay below
    /// `max_connections` of the server, and ``commandTimeout``.
    public struct Configuration: Sendable {
        // MARK: Servers

        /// The primary. Several hosts and `target_session_attrs` find it after a failover, as in libpq.
        public var connection: ConnectionString
        /// Servers that ``PostgresPool/read(timeout:file:line:_:)`` may use; each has its own pool of the same size.
        /// Default none.
        public var replicas: [ConnectionString] = []
        /// The source of `PGHOST`, the home directory and so on. Default `nil`: the environment of the process.
        public var environment: ClientEnvironment?
        /// Returns the password before each log-in, for passwords that expire; it may take as long as connecting to an
        /// address (``connectTimeout``). Default `nil`: the password comes from the connection string, the environment
        /// or the password file.
        public var password: (@Sendable () async throws -> Secret)?
        /// The pool's name in logs and metrics. Default `nil`: the name of the database.
        public var name: String?

        // MARK: Numbers of connections

        /// The number of connections kept open even if idle. Default 0. At most ``maximumConnections``.
        public var minimumConnections = 0
        /// The maximum number of connections, including those being opened and closed. At least 1. Default: twice the
        /// number of processor cores, plus one.
        public var maximumConnections = Configuration.defaultMaximum
        /// The number of idle connections kept in addition to those in use, as far as ``maximumConnections`` allows.
        /// Default 0.
        public var minimumIdleConnections = 0
        /// The maximum number of waiting callers; any further caller gets ``PostgresError/Code/acquireTimeout`` at
        /// once. At least 1. Default `nil`: no limit.
        public var maximumWaiters: Int?

        // MARK: Time limits

        /// The maximum time a caller waits for a connection, including the time to open one; `nil` for no limit.
        /// Default 30 s.
        public var acquireTimeout: Duration? = .seconds(30)
        /// The time a connection may be idle before it is closed; `nil` for no limit. ``minimumConnections`` stay open.
        /// Default 10 minutes.
        public var idleTimeout: Duration? = .seconds(600)
        /// The age at which a connection is replaced, once it is idle; `nil` for no limit. Default 30 minutes.
        public var maximumLifetime: Duration? = .seconds(1800)
        /// The maximum random reduction of a lifetime, so that not all connections end at the same time. Default `nil`:
        /// a twentieth of ``maximumLifetime``.
        public var lifetimeJitter: Duration?
        /// A connection that was idle for longer is checked before it is leased; `nil` for no checks. Default 5 s. A
        /// connection that the server has closed is never leased, whatever the value.
        public var checkIdleAfter: Duration? = .seconds(5)
        /// The time a check, a reset or ``prepareConnection`` may take before the connection is closed. Default 5 s.
        public var checkTimeout: Duration = .seconds(5)
        /// The time limit for connecting to each address of each host, unless the connection string sets
        /// `connect_timeout`; `nil` for no limit. Default 10 s.
        public var connectTimeout: Duration? = .seconds(10)
        /// The delay after the first failed attempt to connect. It doubles with each further failure, and is shortened
        /// by up to a half at random. Default 100 ms.
        public var retryDelay: Duration = .milliseconds(100)
        /// The maximum delay between attempts to connect. Default 10 s.
        public var maximumRetryDelay: Duration = .seconds(10)
        /// The time for which ``PostgresPool/run()`` lets leased connections finish when the service shuts down.
        /// Default 30 s.
        public var closeTimeout: Duration = .seconds(30)
        /// The condition under which the pool is ready. Default ``StartPolicy/lazy``: none.
        public var startPolicy = StartPolicy.lazy

        // MARK: Sessions

        /// Prepares each new session before its first lease, for what every caller needs and ``sessionParameters``
        /// cannot express. Default `nil`.
        ///
        /// The reset of a released connection keeps its effects. If the caller has changed the session, too, everything
        /// is undone and this closure runs again; with ``ResetPolicy/discardAll`` that happens after each lease. If it
        /// throws, leaves a transaction open or takes longer than ``checkTimeout``, the connection is closed, which for
        /// a new connection counts as a failed attempt to connect.
        public var prepareConnection: (@Sendable (inout PostgresConnection) async throws -> Void)?
        /// The reset of released connections. Default ``ResetPolicy/tracked``.
        public var resetPolicy = ResetPolicy.tracked
        /// The time a statement may take before the server cancels it (`statement_timeout`). Whole milliseconds.
        /// Default `nil`: the server's setting.
        public var statementTimeout: Duration?
        /// The time a transaction may be idle before the server ends the session
        /// (`idle_in_transaction_session_timeout`). Whole milliseconds. Default `nil`: the server's setting.
        public var idleInTransactionTimeout: Duration?
        /// The time an answer may take before the client cancels the statement. Default `nil`: no limit.
        public var commandTimeout: Duration?
        /// Further parameters of every session, such as `search_path`. `RESET` restores these values. Default none.
        public var sessionParameters: [ConnectionOptions.Parameter] = []
        /// The number of statements that each connection keeps prepared; 0 for none. Default 256.
        public var statementCacheSize = 256
        /// Whether the servers are behind a pooler in transaction mode, which does not preserve session state: no
        /// prepared statements are kept and nothing is reset. Default `false`.
        public var isBehindTransactionPooler = false

        // MARK: Observability

        /// A caller that holds a connection for longer is logged, with file and line, and counted; `nil` to disable.
        /// Default `nil`.
        public var leakThreshold: Duration?
        /// A caller that holds a connection for longer in an idle transaction (usually because of other I/O) is logged
        /// with file and line; `nil` to disable. Default 30 s. Detection may take up to half as long again.
        public var idleTransactionThreshold: Duration? = .seconds(30)
        /// The logger of the pool. Default: label `weir`.
        public var logger = Logger(label: "weir")
        /// The factory of the metrics; `nil` for none. Default: the one that `MetricsSystem` was bootstrapped with. See
        /// ``PoolStatistics`` for numbers without metrics.
        public var metrics: (any MetricsFactory)? = MetricsSystem.factory
        /// The interval at which the numbers of connections and callers are reported to ``metrics``. Default 10 s.
        public var metricsInterval: Duration = .seconds(10)
        /// The tracer of spans; `nil` for none. Default: the one that `InstrumentationSystem` was bootstrapped with.
        public var tracer: (any Tracer)? = InstrumentationSystem.tracer
        /// Whether spans contain the text of statements, with `$1` in place of bound values. Default `false`.
        public var tracesStatements = false

        /// Creates a configuration with this connection, and defaults for the rest.
        public init(connection: ConnectionString) { self.connection = connection }
    }
}
