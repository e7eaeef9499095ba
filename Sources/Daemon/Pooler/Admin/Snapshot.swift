import AdminConsole
import IOEngine
import PoolCore
import PoolerStats

/// What only the workers know, of all of them together: the connections and the counters.
///
/// A value of its own, which belongs to no worker: the console's tables are made from it on another thread, and metrics
/// and the dashboard will be.
struct Snapshot: Sendable {
    var connections: [ConnectionFacts] = []
    var stats: [DatabaseID: PoolStats] = [:]
    var consoleStats = PoolStats()
    /// Clients that are logging in.
    var loggingIn = 0

    /// Adds what another worker has contributed.
    static func += (sum: inout Snapshot, part: Snapshot) {
        sum.connections += part.connections
        for (database, stats) in part.stats { sum.stats[database, default: PoolStats()] += stats }
        sum.consoleStats += part.consoleStats
        sum.loggingIn += part.loggingIn
    }

    /// The rows of the connections, pool by pool, and in each pool list by list, as PgBouncer prints them.
    ///
    /// - Parameter unixPort: `listen_port`, which stands for the port of a Unix socket, as in its file name.
    func socketRows(unixPort: Int) -> [SocketRow] {
        let order = Dictionary(uniqueKeysWithValues: SocketState.allCases.enumerated().map { ($1, $0) })
        func key(_ row: SocketRow) -> (Int, String, String, Int, UInt64) {
            (row.state == .clientLogin ? 1 : 0, row.database ?? "", row.user ?? "", order[row.state] ?? 0, row.id)
        }
        return connections.map { $0.row(unixPort: unixPort) }.sorted { key($0) < key($1) }
    }
}

/// What a worker contributes of a connection: copies of what it has, so that it takes little of its time.
struct ConnectionFacts: Sendable {
    var state: SocketState
    var user: String
    var database: String
    var peer: SocketAddress
    var local: SocketAddress
    /// Stands for the port of a Unix socket; `nil` for `listen_port`.
    var unixPort: Int?
    var connectDate: Int64
    var requestDate: Int64
    var waitMicroseconds: UInt64 = 0
    var isMarkedForClosing = false
    var number: UInt64
    /// The number of the connection that it is linked to.
    var link: UInt64?
    var remotePID: Int
    var applicationName: [UInt8]?
    var preparedStatements: Int

    func row(unixPort listenPort: Int) -> SocketRow {
        let unixPort = unixPort ?? listenPort
        var row = SocketRow(
            state: state, user: user.isEmpty ? nil : user, database: database.isEmpty ? nil : database,
            address: peer.host, port: peer.isUnix ? unixPort : peer.port, localAddress: local.host,
            localPort: local.isUnix ? unixPort : local.port, connectTime: connectDate, requestTime: requestDate,
            pointer: number, id: number)
        row.waitMicroseconds = waitMicroseconds
        row.closeNeeded = isMarkedForClosing
        row.link = link
        row.remotePID = remotePID
        row.applicationName = applicationName.map { String(decoding: $0, as: UTF8.self) } ?? ""
        row.preparedStatements = preparedStatements
        return row
    }
}
