import CoreMetrics
import MonotonicTime

/// The metrics of a pool, named after OpenTelemetry's semantic conventions for database clients, each with the
/// dimension `db.client.connection.pool.name`.
///
/// | Metric | Kind | Further dimension | HikariCP | Prisma |
/// |---|---|---|---|---|
/// | `db.client.connection.count` | gauge | `db.client.connection.state`: `used`, `idle` | `connections.active`, `.idle` | `pool_connections_busy`, `_idle` |
/// | `db.client.connection.max` | gauge | | `connections.max` | |
/// | `db.client.connection.pending_requests` | gauge | | `connections.pending` | `client_queries_wait` |
/// | `db.client.connection.timeouts` | counter | | `connections.timeout` | |
/// | `db.client.connection.create_time` | timer | | `connections.creation` | |
/// | `db.client.connection.wait_time` | timer | | `connections.acquire` | `client_queries_wait_histogram_ms` |
/// | `db.client.connection.use_time` | timer | | `connections.usage` | |
/// | `weir.pool.connecting` | gauge | | | |
/// | `weir.pool.created` | counter | | | `pool_connections_opened_total` |
/// | `weir.pool.destroyed` | counter | `reason`: ``PoolClosure`` | | `pool_connections_closed_total` |
/// | `weir.pool.connect_failures` | counter | | | |
/// | `weir.pool.cancellations`, `weir.pool.refused` | counter | | | |
/// | `weir.pool.leaks`, `weir.pool.idle_transactions` | counter | `taken_at`: file and line | | |
///
/// Source: OpenTelemetry semantic conventions 1.37, database/database-metrics.md
struct PoolMetrics: Sendable {
    let waitTime: Timer
    let useTime: Timer
    private let createTime: Timer
    private let used: Gauge
    private let idle: Gauge
    private let maximum: Gauge
    private let pending: Gauge
    private let connecting: Gauge
    private let timeouts: Counter
    private let created: Counter
    private let connectFailures: Counter
    private let cancellations: Counter
    private let refused: Counter
    private let destroyed: [PoolClosure: Counter]
    private let dimensions: [(String, String)]
    private let factory: any MetricsFactory

    init(pool name: String, factory: any MetricsFactory) {
        let dimensions = [("db.client.connection.pool.name", name)]
        let prefix = "db.client.connection."
        func counter(_ label: String) -> Counter { Counter(label: label, dimensions: dimensions, factory: factory) }
        func timer(_ label: String) -> Timer {
            Timer(label: prefix + label, dimensions: dimensions, factory: factory)
        }
        func gauge(_ label: String, state: String? = nil) -> Gauge {
            let further = state.map { [(prefix + "state", $0)] } ?? []
            return Gauge(label: label, dimensions: dimensions + further, factory: factory)
        }
        self.dimensions = dimensions
        self.factory = factory
        waitTime = timer("wait_time")
        useTime = timer("use_time")
        createTime = timer("create_time")
        used = gauge(prefix + "count", state: "used")
        idle = gauge(prefix + "count", state: "idle")
        maximum = gauge(prefix + "max")
        pending = gauge(prefix + "pending_requests")
        connecting = gauge("weir.pool.connecting")
        timeouts = counter(prefix + "timeouts")
        created = counter("weir.pool.created")
        connectFailures = counter("weir.pool.connect_failures")
        cancellations = counter("weir.pool.cancellations")
        refused = counter("weir.pool.refused")
        destroyed = Dictionary(
            uniqueKeysWithValues: PoolClosure.allCases.map { closure in
                let all = dimensions + [("reason", closure.rawValue)]
                return (closure, Counter(label: "weir.pool.destroyed", dimensions: all, factory: factory))
            })
    }

    func take(_ report: PoolReport) {
        switch report {
        case .created(_, let took):
            created.increment()
            createTime.recordNanoseconds(took.wholeNanoseconds)
        case .connectFailed: connectFailures.increment()
        case .destroyed(let closure, _): destroyed[closure]?.increment()
        case .timedOut: timeouts.increment()
        case .refused: refused.increment()
        case .cancelled: cancellations.increment()
        case .leaked(let origin, _): count("weir.pool.leaks", origin)
        case .idleTransaction(let origin, _): count("weir.pool.idle_transactions", origin)
        case .gauges(let numbers):
            used.record(numbers.inUse)
            idle.record(numbers.idle)
            maximum.record(numbers.maximum)
            pending.record(numbers.waiting)
            connecting.record(numbers.connecting)
        case .leakReleased, .suspected: break
        }
    }

    private func count(_ label: String, _ origin: SourceLocation) {
        Counter(label: label, dimensions: dimensions + [("taken_at", origin.description)], factory: factory)
            .increment()
    }
}
