/// What a pool does and has done; see ``PostgresPool/stats``.
public struct PoolStatistics: Hashable, Sendable {
    /// The most connections there may be.
    public var maximum = 0
    /// Connections that are open: lent, idle, or being checked or reset.
    public var total = 0
    /// Open connections that wait for somebody who needs one.
    public var idle = 0
    /// Connections that are lent.
    public var inUse = 0
    /// Connections that are being checked or reset.
    public var testing = 0
    /// Connections that are being opened.
    public var connecting = 0
    /// Connections that are being closed; they count towards the maximum until they are.
    public var closing = 0
    /// Callers that wait for a connection.
    public var waiting = 0
    /// Whether the pool is paused.
    public var isPaused = false

    /// How often a connection was lent.
    public var acquired = 0
    /// How often somebody had to wait for it.
    public var waited = 0
    /// Callers that did not get a connection in time.
    public var timeouts = 0
    /// Callers whose task was cancelled while they waited.
    public var cancellations = 0
    /// Callers that were turned away because too many were waiting.
    public var refused = 0
    /// Connections that were opened.
    public var created = 0
    /// Attempts to open one that failed.
    public var connectFailures = 0
    /// What the last attempt to open one met; `nil` if it succeeded, or there was none.
    public var lastError: String?
    /// Connections that were closed, by the reason; see ``PoolClosure``.
    public var destroyed: [PoolClosure: Int] = [:]
    /// Connections that were held longer than ``PostgresPool/Configuration/leakThreshold``.
    public var leaks = 0
    /// The time of all waits together.
    public var totalWait = Duration.zero
    /// The longest anybody has waited and got a connection.
    public var longestWait = Duration.zero
    /// The time that connections were lent, all together.
    public var totalUse = Duration.zero

    /// Nothing at all.
    public init() {}

    /// The sum over several pools, such as a primary and its replicas; the longest wait is the longest of all.
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
