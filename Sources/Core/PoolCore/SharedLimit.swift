import HeapModule
import MonotonicTime

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
    /// Pools to which this limit denies servers, the one whose head waits longest first. Entries may be out of date:
    /// see `oldestStarved`.
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

/// A pool in the queue of a limit that denies it servers.
struct Starved: Comparable, Sendable {
    var since: Instant
    var pool: Int32

    static func < (left: Starved, right: Starved) -> Bool {
        (left.since, left.pool) < (right.since, right.pool)
    }
}
