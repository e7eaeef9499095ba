/// The current state and the counters of a pool; see ``PostgresPool/stats``.
public struct PoolStatistics: Hashable, Sendable {
    /// The maximum number of connections.
    public var maximum = 0
    /// Open connections: leased, idle, or being checked or reset.
    public var total = 0
    /// Open connections that no caller uses.
    public var idle = 0
    /// Connections that are leased.
    public var inUse = 0
    /// Connections that are being checked or reset.
    public var testing = 0
    /// Connections that are being opened.
    public var connecting = 0
    /// Connections that are being closed; they count towards the maximum until they are closed.
    public var closing = 0
    /// Callers that wait for a connection.
    public var waiting = 0
    /// Whether the pool is paused.
    public var isPaused = false

    /// The number of leases granted.
    public var acquired = 0
    /// The number of leases for which the caller had to wait.
    public var waited = 0
    /// Callers that did not get a connection in time.
    public var timeouts = 0
    /// Callers whose task was cancelled while they waited.
    public var cancellations = 0
    /// Callers that were refused because too many were waiting.
    public var refused = 0
    /// Connections that were opened.
    public var created = 0
    /// Attempts to open one that failed.
    public var connectFailures = 0
    /// The error of the last attempt to open a connection; `nil` if it succeeded, or there was none.
    public var lastError: String?
    /// Connections that were closed, by reason; see ``PoolClosure``.
    public var destroyed: [PoolClosure: Int] = [:]
    /// Connections that were held longer than ``PostgresPool/Configuration/leakThreshold``.
    public var leaks = 0
    /// The total time of all waits.
    public var totalWait = Duration.zero
    /// The longest wait of a caller that got a connection.
    public var longestWait = Duration.zero
    /// The total time that connections were leased.
    public var totalUse = Duration.zero

    /// Creates statistics with all values zero.
    public init() {}

    /// Adds the statistics of several pools, such as a primary and its replicas; the longest wait is the maximum.
    static func + (left: Self, right: Self) -> Self {
        var sum = left
        for count in counts { sum[keyPath: count] += right[keyPath: count] }
        sum.isPaused = left.isPaused && right.isPaused
        sum.lastError = left.lastError ?? right.lastError
        sum.destroyed.merge(right.destroyed, uniquingKeysWith: +)
        sum.totalWait += right.totalWait
        sum.totalUse += right.totalUse
        sum.longestWait = max(left.longestWait, right.longestWait)
        return sum
    }

    private static var counts: [WritableKeyPath<Self, Int>] {
        [
            \.maximum, \.total, \.idle, \.inUse, \.testing, \.connecting, \.closing, \.waiting, \.acquired, \.waited,
            \.timeouts, \.cancellations, \.refused, \.created, \.connectFailures, \.leaks,
        ]
    }
}
