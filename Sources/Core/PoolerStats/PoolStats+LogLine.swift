extension PoolStats {
    /// The log line at the end of each `stats_period`, for averages.
    ///
    /// Log parsers depend on its wording, which is PgBouncer's.
    package var logLine: String {
        "stats: \(transactions) xacts/s, \(queries) queries/s, \(clientParses) client parses/s,"
            + " \(serverParses) server parses/s, \(binds) binds/s, \(clientLogins) client logins/s,"
            + " in \(bytesReceived) B/s, out \(bytesSent) B/s,"
            + " xact \(transactionTime) us, query \(queryTime) us, wait \(waitTime) us"
    }
}
