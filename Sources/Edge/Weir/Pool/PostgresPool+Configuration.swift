public import CoreMetrics
public import Logging
public import PGConnInfo
public import Tracing

extension PostgresPool {
    /// Everything that can be said about a pool.
    ///
    /// The defaults suit most services. What is worth a thought: ``maximumConnections``, because all processes together
    /// must stay below `max_connections` of the server, and ``commandTimeout``.
    public struct Configuration: Sendable {
        // MARK: Whom to connect to

        /// The primary. Several hosts and `target_session_attrs` are libpq's way to find it after a failover.
        public var connection: ConnectionString
        /// Servers that ``PostgresPool/read(timeout:file:line:_:)`` may use; each has a pool of its own, of the same
        /// size. Default none.
        public var replicas: [ConnectionString] = []
        /// Where `PGHOST`, the home directory and the like come from. Default `nil`: the process's own.
        public var environment: ClientEnvironment?
        /// Asked for the password before each log-in, for those that expire; it has as long as connecting to an address
        /// (``connectTimeout``). Default `nil`: the connection string, the environment and the password file say it.
        public var password: (@Sendable () async throws -> Secret)?
        /// How the pool is called in logs and metrics. Default `nil`: the name of the database.
        public var name: String?

        // MARK: How many connections

        /// Connections that are open even if nobody uses them. Default 0. Not more than ``maximumConnections``.
        public var minimumConnections = 0
        /// The most connections there may be, those being opened and closed included. At least 1. Default: twice the
        /// number of processor cores, and one.
        public var maximumConnections = Configuration.defaultMaximum
        /// Connections that are kept ready beyond those in use, as far as ``maximumConnections`` allows. Default 0.
        public var minimumIdleConnections = 0
        /// How many callers may wait; those beyond get ``PostgresError/Code/acquireTimeout`` at once. At least 1.
        /// Default `nil`: no bound.
        public var maximumWaiters: Int?

        // MARK: How long

        /// How long a caller waits for a connection, opening one included; `nil` for ever. Default 30 s.
        public var acquireTimeout: Duration? = .seconds(30)
        /// How long a connection may be idle before it is closed; `nil` for ever. ``minimumConnections`` stay. Default
        /// 10 minutes.
        public var idleTimeout: Duration? = .seconds(600)
        /// The age at which a connection is replaced, as soon as nobody uses it; `nil` for never. Default 30 minutes.
        public var maximumLifetime: Duration? = .seconds(1800)
        /// By how much a lifetime may be shorter, at random, so that not all connections end together. Default `nil`: a
        /// twentieth of ``maximumLifetime``.
        public var lifetimeJitter: Duration?
        /// A connection that was idle for longer is asked whether it is still there before it is lent; `nil` to never
        /// ask. Default 5 s. A connection that the server has closed is never lent, whatever this says.
        public var checkIdleAfter: Duration? = .seconds(5)
        /// How long a check, a reset or ``prepareConnection`` may take before the connection is given up. Default 5 s.
        public var checkTimeout: Duration = .seconds(5)
        /// How long connecting to each address of each host may take if the connection string does not say
        /// (`connect_timeout`); `nil` for ever. Default 10 s.
        public var connectTimeout: Duration? = .seconds(10)
        /// How long to wait after the first failed attempt to connect. It doubles with each one that follows, and is
        /// shortened by up to a half at random. Default 100 ms.
        public var retryDelay: Duration = .milliseconds(100)
        /// How long to wait between attempts to connect at most. Default 10 s.
        public var maximumRetryDelay: Duration = .seconds(10)
        /// How long ``PostgresPool/run()`` lets borrowers finish when the service shuts down. Default 30 s.
        public var closeTimeout: Duration = .seconds(30)
        /// What has to work before the pool is ready. Default: nothing.
        public var startPolicy = StartPolicy.lazy

        // MARK: What a session is like

        /// Makes each new session ready before it is lent for the first time: what borrowers may take for granted and
        /// ``sessionParameters`` cannot say. Default `nil`.
        ///
        /// What it does belongs to the session: the reset at the return of a connection leaves it alone. If a borrower has
        /// changed something, too, all of it is undone and this is run again; with ``ResetPolicy/discardAll`` after each
        /// borrower. If it throws, leaves a transaction open or takes longer than ``checkTimeout``, the connection is
        /// closed, and a new one counts as an attempt to connect that failed.
        public var prepareConnection: (@Sendable (inout PostgresConnection) async throws -> Void)?
        /// What is done with a connection when it is given back. Default ``ResetPolicy/tracked``.
        public var resetPolicy = ResetPolicy.tracked
        /// How long a statement may take before the server cancels it (`statement_timeout`). Whole milliseconds.
        /// Default `nil`: what the server is set to.
        public var statementTimeout: Duration?
        /// How long a transaction may be idle before the server ends the session
        /// (`idle_in_transaction_session_timeout`). Whole milliseconds. Default `nil`: what the server is set to.
        public var idleInTransactionTimeout: Duration?
        /// How long an answer may take before the statement is cancelled from here. Default `nil`: no limit.
        public var commandTimeout: Duration?
        /// Further parameters of every session, such as `search_path`. `RESET` returns to these. Default none.
        public var sessionParameters: [ConnectionOptions.Parameter] = []
        /// Statements that each connection keeps prepared; 0 for none. Default 256.
        public var statementCacheSize = 256
        /// A pooler in transaction mode stands in between, which has no room for what belongs to a session: no prepared
        /// statements are kept and nothing is reset. Default `false`.
        public var isBehindTransactionPooler = false

        // MARK: What is seen of it

        /// Whoever holds a connection for longer is logged, with file and line, and counted; `nil` for nobody. Default
        /// `nil`.
        public var leakThreshold: Duration?
        /// Whoever holds a connection for longer in a transaction without using it (because of other I/O, most often) is
        /// logged with file and line; `nil` for nobody. Default 30 s. It is noticed up to half the time later.
        public var idleTransactionThreshold: Duration? = .seconds(30)
        /// Where the pool writes to. Default: label `weir`.
        public var logger = Logger(label: "weir")
        /// Where the metrics go; `nil` for nowhere. Default: what `MetricsSystem` was bootstrapped with. See
        /// ``PoolStatistics`` for numbers without metrics.
        public var metrics: (any MetricsFactory)? = MetricsSystem.factory
        /// How often numbers of connections and callers are reported to ``metrics``. Default 10 s.
        public var metricsInterval: Duration = .seconds(10)
        /// Where spans go; `nil` for nowhere. Default: what `InstrumentationSystem` was bootstrapped with.
        public var tracer: (any Tracer)? = InstrumentationSystem.tracer
        /// Whether spans carry the text of statements, with `$1` where values were bound. Default `false`.
        public var tracesStatements = false

        /// A pool of connections like this one, with defaults for the rest.
        public init(connection: ConnectionString) { self.connection = connection }
    }
}
