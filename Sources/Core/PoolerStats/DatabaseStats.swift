/// The counters of one database: the sum over its pools.
package struct DatabaseStats: Hashable, Sendable {
    package var database: String
    package var totals: PoolStats

    package init(database: String, totals: PoolStats) {
        self.database = database
        self.totals = totals
    }
}
