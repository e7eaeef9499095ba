/// The traffic of one pool, or of several added together, since the pooler started.
///
/// The same twelve fields also hold averages: then a count is per second and a time is per event, see ``StatsBook``.
///
/// Source: PgBouncer, doc/usage.md “SHOW STATS”
package struct PoolStats: Hashable, Sendable {
    /// The number of times a server was linked to a client.
    package var serverAssignments: UInt64 = 0
    /// Transactions; in statement pooling, statements.
    package var transactions: UInt64 = 0
    package var queries: UInt64 = 0
    /// Bytes received from clients.
    package var bytesReceived: UInt64 = 0
    /// Bytes sent to clients.
    package var bytesSent: UInt64 = 0
    /// Microseconds in transactions, including idle in transaction.
    package var transactionTime: UInt64 = 0
    /// Microseconds in which a server processed queries.
    package var queryTime: UInt64 = 0
    /// Microseconds that clients waited for a server.
    package var waitTime: UInt64 = 0
    /// Prepared statements created by clients.
    package var clientParses: UInt64 = 0
    /// Prepared statements created on servers.
    package var serverParses: UInt64 = 0
    /// Bind messages of prepared statements sent by clients.
    package var binds: UInt64 = 0
    package var clientLogins: UInt64 = 0

    package init() {}

    package static func += (sum: inout PoolStats, part: PoolStats) {
        sum.serverAssignments &+= part.serverAssignments
        sum.transactions &+= part.transactions
        sum.queries &+= part.queries
        sum.bytesReceived &+= part.bytesReceived
        sum.bytesSent &+= part.bytesSent
        sum.transactionTime &+= part.transactionTime
        sum.queryTime &+= part.queryTime
        sum.waitTime &+= part.waitTime
        sum.clientParses &+= part.clientParses
        sum.serverParses &+= part.serverParses
        sum.binds &+= part.binds
        sum.clientLogins &+= part.clientLogins
    }
}
