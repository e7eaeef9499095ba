package import MonotonicTime

/// Stores the counters at the ends of the last two statistics periods, and averages those since.
///
/// The average at any moment covers the time since the end of the period before the last, so it always spans between
/// one and two periods. Databases are identified by name; one that is missing when a period ends is removed.
///
/// - Configuration: `stats_period`, in seconds, default 60. The daemon calls ``endPeriod(_:at:)`` at that interval.
///
/// Source: PgBouncer, src/stats.c
package struct StatsBook: Sendable {
    private struct Page: Sendable {
        var older = PoolStats()
        var newer = PoolStats()
    }

    private var pages: [String: Page] = [:]
    /// The end of the period before the last.
    private var olderEnd: Instant
    /// The end of the last period.
    private var newerEnd: Instant

    /// Creates a book without periods; until the first period ends, averages assume one second before `now`.
    package init(openedAt now: Instant) {
        newerEnd = now
        olderEnd = now.advanced(by: .seconds(-1))
    }

    /// Ends a period.
    ///
    /// O(databases).
    ///
    /// - Parameter current: the totals of every database as of `now`.
    /// - Returns: the averages of the period that ended, over all databases, for ``PoolStats/logLine``.
    package mutating func endPeriod(_ current: [DatabaseStats], at now: Instant) -> PoolStats {
        olderEnd = newerEnd
        newerEnd = now
        var pages: [String: Page] = [:]
        pages.reserveCapacity(current.count)
        for entry in current {
            pages[entry.database] = Page(older: self.pages[entry.database]?.newer ?? PoolStats(), newer: entry.totals)
        }
        self.pages = pages
        return averages(of: current, at: now)
    }

    /// The averages of one database, for SHOW STATS and SHOW STATS_AVERAGES.
    package func averages(of current: DatabaseStats, at now: Instant) -> PoolStats {
        averages(from: older(current.database), to: current.totals, at: now)
    }

    /// The averages over all databases, for SHOW TOTALS.
    ///
    /// Weighted by events: the times of all databases divided by the events of all databases.
    package func averages(of current: [DatabaseStats], at now: Instant) -> PoolStats {
        var from = PoolStats()
        var to = PoolStats()
        for entry in current {
            from += older(entry.database)
            to += entry.totals
        }
        return averages(from: from, to: to, at: now)
    }

    private func older(_ database: String) -> PoolStats { pages[database]?.older ?? PoolStats() }

    private func averages(from old: PoolStats, to new: PoolStats, at now: Instant) -> PoolStats {
        PoolStats(averageFrom: old, to: new, microseconds: now.microseconds(since: olderEnd))
    }
}
