package import PoolerStats

/// One database, for SHOW STATS, STATS_TOTALS and STATS_AVERAGES.
package struct StatsRow: Hashable, Sendable {
    package var database: String
    package var totals: PoolStats
    /// From ``StatsBook/averages(of:at:)``.
    package var averages: PoolStats

    package init(database: String, totals: PoolStats, averages: PoolStats) {
        self.database = database
        self.totals = totals
        self.averages = averages
    }
}

extension ShowTable {
    /// SHOW STATS: totals and averages, ordered by database.
    package static func stats(_ rows: [StatsRow]) -> ShowTable {
        ShowTable(
            columns: columns(.text, "database")
                + columns(
                    .numeric, "total_server_assignment_count", "total_xact_count", "total_query_count",
                    "total_received", "total_sent", "total_xact_time", "total_query_time", "total_wait_time",
                    "total_client_parse_count", "total_server_parse_count", "total_bind_count",
                    "total_client_login_count")
                + columns(
                    .numeric, "avg_server_assignment_count", "avg_xact_count", "avg_query_count", "avg_recv",
                    "avg_sent", "avg_xact_time", "avg_query_time", "avg_wait_time", "avg_client_parse_count",
                    "avg_server_parse_count", "avg_bind_count", "avg_client_login_count"),
            rows: rows.map { [$0.database] + $0.totals.cells + $0.averages.cells })
    }

    /// SHOW STATS_TOTALS.
    package static func statsTotals(_ rows: [StatsRow]) -> ShowTable {
        ShowTable(
            columns: columns(.text, "database")
                + columns(
                    .numeric, "server_assignment_count", "xact_count", "query_count", "bytes_received", "bytes_sent",
                    "xact_time", "query_time", "wait_time", "client_parse_count", "server_parse_count", "bind_count",
                    "client_login_count"),
            rows: rows.map { [$0.database] + $0.totals.cells })
    }

    /// SHOW STATS_AVERAGES.
    ///
    /// Only the younger columns carry `avg_` in their names.
    package static func statsAverages(_ rows: [StatsRow]) -> ShowTable {
        ShowTable(
            columns: columns(.text, "database")
                + columns(
                    .numeric, "server_assignment_count", "xact_count", "query_count", "bytes_received", "bytes_sent",
                    "xact_time", "query_time", "wait_time", "avg_client_parse_count", "avg_server_parse_count",
                    "avg_bind_count", "avg_client_login_count"),
            rows: rows.map { [$0.database] + $0.averages.cells })
    }

    /// SHOW TOTALS: a row for each number, over all databases.
    ///
    /// - Parameter averages: from ``StatsBook/averages(of:at:)``, of all databases together.
    package static func totals(_ totals: PoolStats, averages: PoolStats) -> ShowTable {
        let names = [
            "server_assignment_count", "xact_count", "query_count", "client_bytes", "server_bytes", "xact_time",
            "query_time", "wait_time", "ps_client_parse_count", "ps_server_parse_count", "ps_bind_count",
            "client_login_count",
        ]
        return ShowTable(
            columns: columns(.text, "name") + columns(.numeric, "value"),
            rows: zip(names, totals.cells).map { ["total_" + $0, $1] }
                + zip(names, averages.cells).map { ["avg_" + $0, $1] })
    }
}

extension PoolStats {
    /// In the order of every statistics table.
    fileprivate var cells: [String?] {
        [
            serverAssignments, transactions, queries, bytesReceived, bytesSent, transactionTime, queryTime, waitTime,
            clientParses, serverParses, binds, clientLogins,
        ].map { String($0) }
    }
}
