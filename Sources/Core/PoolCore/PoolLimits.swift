/// How large one pool may grow and how long things in it may take.
///
/// The driver resolves PgBouncer's precedence (user beats database beats global) before it fills this in.
package struct PoolLimits: Hashable, Sendable {
    /// Servers the pool may have; `0` means no limit. `pool_size`, default 20.
    package var size = 20
    /// Servers the pool keeps open while it has a client or a forced user. `min_pool_size`, default 0.
    package var minSize = 0
    /// Servers beyond `size` for a pool whose clients wait too long. `reserve_pool_size`, default 0.
    package var reserveSize = 0
    /// How long the longest-waiting client must have waited before the reserve opens; `nil` keeps it shut.
    /// `reserve_pool_timeout`, default 5 s; `0` gives `nil`, as in PgBouncer.
    package var reserveTimeout: Duration? = .seconds(5)
    /// The pool belongs to a forced user (`user=` in its database line), so `minSize` holds without clients, too.
    package var hasForcedUser = false

    /// How long a client may wait for a server; `nil` means without limit. `query_wait_timeout`, default 120 s.
    package var waitTimeout: Duration? = .seconds(120)
    /// How long a query may take, waiting included; here it only ends waits. `query_timeout`, default `nil`.
    package var queryTimeout: Duration?
    /// After how long a waiting client is told that it waits; `nil` means never. `query_wait_notify`, default 5 s.
    package var waitNotify: Duration? = .seconds(5)
    /// How long a cancel request may wait for its connection. `cancel_wait_timeout`, default 10 s.
    package var cancelWaitTimeout: Duration? = .seconds(10)

    /// Age at which a server is closed once it is free; closures are spaced `serverLifetime / size` apart.
    /// `server_lifetime`, default 3600 s; `.zero` means that a server is used once.
    package var serverLifetime: Duration = .seconds(3600)
    /// How long a server may stay idle; `nil` means without limit. `server_idle_timeout`, default 600 s.
    package var serverIdleTimeout: Duration? = .seconds(600)
    /// Idle for longer than this, a server is checked before it is used; `.zero` checks after each release, `nil`
    /// never checks (an empty `server_check_query` setting). `server_check_delay`, default 30 s.
    package var checkDelay: Duration? = .seconds(30)
    /// Time between attempts to connect while they fail, start to start. `server_login_retry`, default 15 s.
    package var loginRetry: Duration = .seconds(15)
    /// How long connecting and logging in may take. `server_connect_timeout`, default 15 s.
    package var connectTimeout: Duration? = .seconds(15)
    /// After how long an unused pool is forgotten; `nil` means never. `pool_idle_timeout`, default `nil`.
    package var poolIdleTimeout: Duration?
    /// Use the longest-idle server instead of the latest released one. `server_round_robin`, default off.
    package var roundRobin = false

    /// Clients wait for the next attempt while connecting fails, instead of being turned away with the last error; only
    /// for as long as a refused log-in may not be tried again are they turned away. Default off: PgBouncer's way.
    package var waitsWhileFailing = false
    /// Servers kept open beyond those in use, as far as `size` allows. Default 0; the driver asks for them with
    /// ``PoolGroup/fill(_:at:into:)``.
    package var minIdle = 0

    package init() {}
}

/// Limits over all pools of one database; `0` means no limit.
package struct DatabaseLimits: Hashable, Sendable {
    /// `max_db_connections`: servers.
    package var maxConnections = 0
    /// `max_db_client_connections`: clients.
    package var maxClientConnections = 0

    package init(maxConnections: Int = 0, maxClientConnections: Int = 0) {
        self.maxConnections = maxConnections
        self.maxClientConnections = maxClientConnections
    }
}

/// Limits over all pools of one user; `0` means no limit.
package struct UserLimits: Hashable, Sendable {
    /// `max_user_connections`: servers.
    package var maxConnections = 0
    /// `max_user_client_connections`: clients.
    package var maxClientConnections = 0

    package init(maxConnections: Int = 0, maxClientConnections: Int = 0) {
        self.maxConnections = maxConnections
        self.maxClientConnections = maxClientConnections
    }
}
