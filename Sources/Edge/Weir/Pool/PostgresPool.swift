import Logging
public import ServiceLifecycle

/// A pool of connections to PostgreSQL that many tasks share.
///
/// ```swift
/// let pool = try PostgresPool("postgresql://app@db1,db2/app?target_session_attrs=read-write")
/// ```
///
/// A pool works from the moment it is created, and opens connections as they are needed. A service adds it to its
/// `ServiceGroup`, which closes it at shutdown; a script uses ``with(_:_:)-(String,_)``; any other program calls
/// ``close(within:)``. A pool that is deallocated without being closed closes its connections at once, with a warning.
public final class PostgresPool: Sendable, Service {
    package typealias Driver = PoolDriver<PooledSession, ContinuousClock>

    /// The configuration that the pool was created with.
    public let configuration: Configuration
    /// The primary's driver first, then those of the replicas.
    let drivers: [Driver]
    /// Creates spans for operations on the pool's connections.
    package let tracing: DatabaseTracing

    /// Creates a pool.
    ///
    /// - Throws: ``PostgresError/Code/configuration`` for settings that contradict each other, an option that does not
    ///   exist, a service that is not in the service file, …
    public init(_ configuration: Configuration) throws {
        if let validationError = configuration.validationError { throw PostgresError(.configuration, validationError) }
        self.configuration = configuration
        var settings = configuration
        if configuration.isBehindTransactionPooler { settings.resetPolicy = .none }
        var drivers: [Driver] = []
        var tracing: DatabaseTracing?
        for (member, connection) in ([configuration.connection] + configuration.replicas).enumerated() {
            let target = try PoolTarget(connection, configuration)
            let name = configuration.name ?? target.database
            let observer = PoolObserver(
                pool: member == 0 ? name : "\(name)-replica-\(member)", logger: configuration.logger,
                factory: configuration.metrics)
            drivers.append(
                Driver(
                    settings, member: member, observer: observer, clock: ContinuousClock(),
                    seed: .random(in: .min ... .max), opener: target.opener))
            tracing = tracing ?? DatabaseTracing(configuration, database: target.database)
        }
        self.drivers = drivers
        self.tracing = tracing ?? DatabaseTracing(configuration, database: "")
        for driver in drivers { driver.start() }
    }

    /// Creates a pool for a connection string: libpq's, extended by ``PoolOptions/Key``.
    ///
    /// The empty string, which is the default, takes everything from the environment: `PGHOST`, `PGUSER`, …
    ///
    /// - Throws: ``PostgresError/Code/configuration``
    public convenience init(_ connectionString: String = "") throws {
        try self.init(Configuration(connectionString))
    }

    deinit {
        let isLeftOpen = drivers.reduce(false) { $1.abandon() || $0 }
        if isLeftOpen {
            configuration.logger.warning("a pool was deallocated without close(); its connections are closed")
        }
    }

    private var primary: Driver { drivers[0] }

    // MARK: Leases

    /// Acquires a connection to the primary; see ``PoolDriver/acquire(timeout:origin:)``.
    package func acquire(timeout: Duration?, origin: SourceLocation) async throws(PostgresError) -> PoolLease {
        try await primary.acquire(timeout: timeout, origin: origin)
    }

    /// Acquires a connection for reading: to the replica with the fewest connections in use, or to the primary if no
    /// replica can be used.
    package func acquireForReading(
        timeout: Duration?, origin: SourceLocation
    ) async throws(PostgresError) -> PoolLease {
        try await ReplicaChoice(drivers).acquire(timeout: timeout, origin: origin)
    }

    /// Releases a connection; a second call does nothing.
    package func release(_ lease: PoolLease) {
        guard drivers.indices.contains(lease.member) else { return }
        drivers[lease.member].release(lease)
    }
}
