package import MonotonicTime

/// When memory that was needed once, for a crowd of clients or long answers, is given back to the system.
///
/// malloc keeps what it is given back. To look for pages that can go costs milliseconds, during which allocations wait,
/// and what is needed again soon costs a page fault each: so seldom, and only for much.
package struct MemoryRelease {
    /// Less than this is not worth it.
    package static let least = 8 * 1024 * 1024
    package static let interval = Duration.seconds(300)

    private var last: Instant?

    package init() {}

    /// - Parameter free: bytes that malloc keeps.
    package mutating func isDue(free: Int, at now: Instant) -> Bool {
        guard free >= Self.least else { return false }
        if let last, now < last + Self.interval { return false }
        last = now
        return true
    }
}
