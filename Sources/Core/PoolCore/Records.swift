import HeapModule
import MonotonicTime

/// Where a server is; being in that list of its pool *is* its state.
enum Place: UInt8, Sendable {
    case gone, login, idle, used, tested, active, beingCanceled, closing

    /// Logged in and not told to close.
    var isConnected: Bool {
        switch self {
        case .idle, .used, .tested, .active, .beingCanceled: true
        case .gone, .login, .closing: false
        }
    }
}

struct ServerRecord: Sendable {
    var id: UInt64
    var pool: Int32
    var database: Int32
    var user: Int32
    var home: UInt16
    var place = Place.gone
    /// Marked for closing.
    var isDirty = false
    /// Has been linked since it logged in.
    var wasUsed = false
    /// Its lifetime is over: it has left `young` and is in `overdue` while idle or used.
    var isExpired = false
    /// A reset query must run once the cancel requests are through.
    var needsReset = false
    /// The linked client.
    var client = ClientID(rawValue: 0)
    /// When connecting began.
    var launchedAt: Instant
    /// When it came to its place; kept when an idle server becomes a used one.
    var since: Instant
    /// Cancel requests for it that were sent and are not finished.
    var sentCancels = 0
    /// Cancel requests for it that were not sent yet.
    var unsentCancels = IndexList()
}

struct WaiterRecord: Sendable {
    var client: ClientID
    var pool: Int32
    var worker: UInt16
    var purpose: PoolGroup.WaitPurpose
    var isNotified: Bool
    var since: Instant
}

struct CancelRecord: Sendable {
    enum Stage: UInt8, Sendable { case queued, connecting, sent }

    var id: UInt64
    var pool: Int32
    var target: ServerID
    var worker: UInt16
    var stage = Stage.queued
    var since: Instant
}

/// What databases and users have in common: a limit on servers that several pools share.
struct SharedLimit: Sendable {
    /// `0` means no limit.
    var maxConnections = 0
    /// Servers that count: all that are not lost.
    var servers = 0
    /// Those of them that were told to close.
    var closing = 0
    /// Servers that pools want and this limit denies them.
    var unmet = 0
    /// Idle and used servers, the latest released first.
    var free = IndexList()
    /// Pools to which this limit denies servers, the one whose head waits longest first. Lazy: see `popStarved`.
    var starved = Heap<Starved>()

    var isFull: Bool { maxConnections > 0 && servers >= maxConnections }
    var isLimited: Bool { maxConnections > 0 }

    /// Servers to evict so that, with those already closing, everything denied can be granted.
    var evictionsDue: Int { isLimited ? unmet + servers - maxConnections - closing : 0 }
}

/// One of the two limits that a pool shares with others.
enum LimitName: Sendable {
    case database(Int32)
    case user(Int32)
}

struct Starved: Comparable, Sendable {
    var since: Instant
    var pool: Int32

    static func < (left: Starved, right: Starved) -> Bool {
        (left.since, left.pool) < (right.since, right.pool)
    }
}

struct DatabaseRecord: Sendable {
    var generation: UInt32 = 0
    var isAlive = true
    /// Removed by the operator; waits for its servers and clients to go.
    var isDead = false
    var isDisabled = false
    var isPaused = false
    var pausePending = false
    var waitClosePending = false
    var maxClientConnections = 0
    var clients = 0
    var pools = 0
    /// Servers marked for closing and not lost yet.
    var dirty = 0
    var shared = SharedLimit()
}

struct UserRecord: Sendable {
    var maxClientConnections = 0
    var clients = 0
    var shared = SharedLimit()
}
