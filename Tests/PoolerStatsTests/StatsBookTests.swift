import MonotonicTime
import PoolerStats
import Testing

/// Averages were computed by hand with the integer divisions of PgBouncer's `calc_average`.
@Suite("Statistics periods")
struct StatsBookTests {
    private let start = Instant(nanoseconds: 1_000_000_000_000)

    private func after(_ milliseconds: Int64) -> Instant { start.advanced(by: .milliseconds(milliseconds)) }

    private func database(_ name: String, queries: UInt64, queryTime: UInt64 = 0) -> DatabaseStats {
        var totals = PoolStats()
        totals.queries = queries
        totals.queryTime = queryTime
        return DatabaseStats(database: name, totals: totals)
    }

    @Test func everyNumberIsAveraged() {
        var old = PoolStats()
        old.serverAssignments = 10
        old.transactions = 100
        old.queries = 1_000
        old.bytesReceived = 5_000
        old.bytesSent = 50_000
        old.transactionTime = 1_000_000
        old.queryTime = 500_000
        old.waitTime = 70
        old.clientParses = 1
        old.serverParses = 2
        old.binds = 3
        old.clientLogins = 4
        var new = PoolStats()
        new.serverAssignments = 17  // 7 in 60 s
        new.transactions = 1_000  // 900 in 60 s
        new.queries = 2_999  // 1,999 in 60 s
        new.bytesReceived = 1_205_059  // 1,200,059 in 60 s
        new.bytesSent = 50_059  // 59 in 60 s
        new.transactionTime = 1_900_899  // 900,899 for 900
        new.queryTime = 502_000  // 2,000 for 1,999
        new.waitTime = 90  // 20 for 7
        new.clientParses = 121
        new.serverParses = 181
        new.binds = 243
        new.clientLogins = 64
        var expected = PoolStats()
        expected.serverAssignments = 0
        expected.transactions = 15
        expected.queries = 33
        expected.bytesReceived = 20_000
        expected.bytesSent = 0
        expected.transactionTime = 1_000
        expected.queryTime = 1
        expected.waitTime = 2
        expected.clientParses = 2
        expected.serverParses = 2
        expected.binds = 4
        expected.clientLogins = 1
        #expect(PoolStats(averageFrom: old, to: new, microseconds: 60_000_000) == expected)
    }

    @Test func noTimeGivesNoAverage() {
        let some = database("d", queries: 5).totals
        #expect(PoolStats(averageFrom: PoolStats(), to: some, microseconds: 0) == PoolStats())
        #expect(PoolStats(averageFrom: PoolStats(), to: some, microseconds: -1) == PoolStats())
    }

    @Test func timesWithoutEventsHaveNoAverage() {
        var new = PoolStats()
        (new.transactionTime, new.queryTime, new.waitTime) = (9, 9, 9)
        #expect(PoolStats(averageFrom: PoolStats(), to: new, microseconds: 1_000_000) == PoolStats())
    }

    @Test func aCounterThatDecreasedCountsAsUnchanged() {
        let average = PoolStats(
            averageFrom: database("d", queries: 9, queryTime: 9).totals,
            to: database("d", queries: 5, queryTime: 5).totals, microseconds: 1_000_000)
        #expect(average == PoolStats())
    }

    @Test(
        arguments: [
            (UInt64.max, 1, UInt64.max),
            (UInt64.max, 1_000_000, 18_446_744_073_709_000_000),
            (18_446_744_073_709, 1_000_000, 18_446_744_073_709),
            (18_446_744_073_710, 1_000_000, 18_446_744_000_000),
            (UInt64.max, Int64.max, 2_000_000),
        ] as [(UInt64, Int64, UInt64)])
    func hugeCountersDoNotOverflow(_ count: UInt64, microseconds: Int64, perSecond: UInt64) {
        let average = PoolStats(
            averageFrom: PoolStats(), to: database("d", queries: count).totals, microseconds: microseconds)
        #expect(average.queries == perSecond)
    }

    @Test func beforeThePeriodEndsAnExtraSecondIsCounted() {
        let book = StatsBook(openedAt: start)
        // 30 queries in 2 s, and the second before the start.
        #expect(book.averages(of: database("d", queries: 30), at: after(2_000)).queries == 10)
    }

    @Test func theFirstPeriodEndsAndIsLogged() {
        var book = StatsBook(openedAt: start)
        // At the end, the averages are measured from the opening: 600 in 60 s.
        #expect(book.endPeriod([database("d", queries: 600)], at: after(60_000)).queries == 10)
        // But the counts before the first end are kept until the second: 900 in 90 s.
        #expect(book.averages(of: database("d", queries: 900), at: after(90_000)).queries == 10)
    }

    @Test func averagesReachBackBetweenOneAndTwoPeriods() {
        var book = StatsBook(openedAt: start)
        _ = book.endPeriod([database("d", queries: 600)], at: after(60_000))
        #expect(book.endPeriod([database("d", queries: 720)], at: after(120_000)).queries == 2)
        // 600 more since the end of the first period, 120 s ago: 5 per second.
        #expect(book.averages(of: database("d", queries: 1_200), at: after(180_000)).queries == 5)
        #expect(book.endPeriod([database("d", queries: 1_320)], at: after(180_000)).queries == 10)
    }

    @Test func databasesAreSummedForTheLogAndTotals() {
        var book = StatsBook(openedAt: start)
        _ = book.endPeriod([], at: after(60_000))
        let current = [
            database("a", queries: 60, queryTime: 6_000), database("b", queries: 60 * 9, queryTime: 54_000 * 2),
        ]
        let log = book.endPeriod(current, at: after(120_000))
        #expect(log.queries == 10)
        #expect(log.queryTime == 190)  // 114,000 for 600, not the mean of 100 and 200
        #expect(book.averages(of: current, at: after(120_000)) == log)
    }

    @Test func aDatabaseThatStartsLateCountsFromZero() {
        var book = StatsBook(openedAt: start)
        _ = book.endPeriod([database("a", queries: 60_000)], at: after(60_000))
        _ = book.endPeriod([database("a", queries: 60_000)], at: after(120_000))
        let late = database("b", queries: 120)
        #expect(book.averages(of: late, at: after(120_000)).queries == 2)
        #expect(book.endPeriod([database("a", queries: 60_000), late], at: after(180_000)).queries == 2)
    }

    @Test func aDatabaseThatDisappearsIsRemoved() {
        var book = StatsBook(openedAt: start)
        let gone = database("a", queries: 60_000)
        let stays = database("b", queries: 600)
        #expect(book.endPeriod([gone, stays], at: after(60_000)).queries == 1_010)
        #expect(book.endPeriod([stays], at: after(120_000)) == PoolStats())
        // A database with the same name returns with counters from zero.
        #expect(book.averages(of: database("a", queries: 120), at: after(120_000)).queries == 2)
    }

    @Test func fractionsOfASecondCount() {
        var book = StatsBook(openedAt: start)
        #expect(book.endPeriod([database("d", queries: 3)], at: after(1_500)).queries == 2)
        #expect(book.endPeriod([database("d", queries: 4)], at: after(1_500)).queries == 0)
    }
}
