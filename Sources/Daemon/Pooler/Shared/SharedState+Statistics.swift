import MonotonicTime
import PoolerConfig
import PoolerStats
import Synchronization

extension SharedState {
    /// The counters of every database, the console's included, in the order of their names.
    func databaseStats(_ part: Snapshot) -> [DatabaseStats] {
        var stats = read { book in
            book.sortedDatabases.compactMap { record in
                part.stats[record.id].map { DatabaseStats(database: record.name, totals: $0) }
            }
        }
        stats.append(DatabaseStats(database: ConsoleState.databaseName, totals: part.consoleStats))
        return stats.sorted { $0.database < $1.database }
    }

    /// Ends a statistics period: averages are computed, and logged with `log_stats`.
    func endStatisticsPeriod() {
        let gathering = Gathering(workerCount: mailboxes.count, wantsConnections: false) { [self] part in
            let line = statistics.withLock { $0.endPeriod(databaseStats(part), at: .now()).logLine }
            if live.settings.logStats { log.write(.log, "\(line)") }
        }
        postToAll(.gather(gathering))
    }
}
