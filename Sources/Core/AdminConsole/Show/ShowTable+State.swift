/// Whether the pooler as a whole is at work.
package enum PoolerState: Hashable, Sendable {
    case active
    /// By PAUSE without a database, or SHUTDOWN WAIT_FOR_SERVERS.
    case paused
    case suspended
}

extension ShowTable {
    /// SHOW STATE.
    package static func state(_ state: PoolerState) -> ShowTable {
        let rows: [(String, PoolerState)] = [("active", .active), ("paused", .paused), ("suspended", .suspended)]
        return ShowTable(
            columns: columns(.text, "key", "value"), rows: rows.map { [$0.0, $0.1 == state ? "yes" : "no"] })
    }
}
