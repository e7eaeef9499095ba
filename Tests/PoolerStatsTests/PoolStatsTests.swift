import PoolerStats
import Testing

@Suite("Counters")
struct PoolStatsTests {
    private func numbered(_ factor: UInt64) -> PoolStats {
        var stats = PoolStats()
        (stats.serverAssignments, stats.transactions, stats.queries) = (factor, 2 * factor, 3 * factor)
        (stats.bytesReceived, stats.bytesSent) = (4 * factor, 5 * factor)
        (stats.transactionTime, stats.queryTime, stats.waitTime) = (6 * factor, 7 * factor, 8 * factor)
        (stats.clientParses, stats.serverParses, stats.binds) = (9 * factor, 10 * factor, 11 * factor)
        stats.clientLogins = 12 * factor
        return stats
    }

    @Test func everyCounterIsAdded() {
        var sum = numbered(100)
        sum += numbered(1)
        #expect(sum == numbered(101))
    }

    /// PgBouncer 1.25.2 writes the same line with zeros.
    @Test func theLogLineHasPgBouncersWords() {
        #expect(
            PoolStats().logLine == """
                stats: 0 xacts/s, 0 queries/s, 0 client parses/s, 0 server parses/s, 0 binds/s, 0 client logins/s, \
                in 0 B/s, out 0 B/s, xact 0 us, query 0 us, wait 0 us
                """)
        #expect(
            numbered(1).logLine == """
                stats: 2 xacts/s, 3 queries/s, 9 client parses/s, 10 server parses/s, 11 binds/s, \
                12 client logins/s, in 4 B/s, out 5 B/s, xact 6 us, query 7 us, wait 8 us
                """)
    }
}
