import IOEngine

/// What an onlooker outside the pooler knows, and the promises that can be checked from there.
///
/// Violations are collected, not trapped, so that the report can name the seed.
final class WorldModel {
    /// The most server connections, where something is limited. `nil` is no limit.
    struct Limits {
        var perPool: Int?
        var perDatabase: Int?
        var perUser: Int?
    }

    struct PoolName: Hashable {
        let database: String
        let user: String
    }

    private struct ServerConnection {
        let pool: PoolName
        let connection: SimulatedConnection
    }

    var limits = Limits()
    private(set) var violations: [String] = []
    /// In the order they were opened; those the pooler has closed are dropped when something is counted.
    private var servers: [ServerConnection] = []
    private(set) var serversOpened = 0
    private(set) var mostServers = 0

    /// Clients that have asked for a cancellation, by number.
    private var askedForCancel: Set<Int> = []
    private(set) var cancelsDelivered = 0

    func violate(_ text: String) {
        if violations.count < 20 { violations.append(text) }
    }

    // MARK: - Server connections

    /// A server connection has said whom it is for.
    func serverOpened(_ connection: SimulatedConnection, database: String, user: String) {
        servers.removeAll { !$0.connection.isHeldByPooler || !$0.connection.isOpen }
        let pool = PoolName(database: database, user: user)
        servers.append(ServerConnection(pool: pool, connection: connection))
        serversOpened += 1
        mostServers = max(mostServers, servers.count)
        check(limits.perPool, "pool \(database)/\(user)") { $0 == pool }
        check(limits.perDatabase, "database \(database)") { $0.database == database }
        check(limits.perUser, "user \(user)") { $0.user == user }
    }

    private func check(_ limit: Int?, _ what: String, _ isMeant: (PoolName) -> Bool) {
        guard let limit else { return }
        let count = servers.count { isMeant($0.pool) }
        if count > limit { violate("\(what) has \(count) server connections, \(limit) are allowed") }
    }

    /// Connections the pooler holds now.
    var serverCount: Int { servers.count { $0.connection.isHeldByPooler } }

    // MARK: - Cancelling

    func clientAsksForCancel(_ client: Int) { askedForCancel.insert(client) }

    /// A cancel request reached a server that was working on a statement with this token.
    ///
    /// - Parameter isAbandoned: the pooler has closed the server's connection: it may end what nobody waits for.
    func cancelArrived(token: String?, isAbandoned: Bool) {
        cancelsDelivered += 1
        guard !isAbandoned, let token, let client = Self.client(of: token) else { return }
        if !askedForCancel.contains(client) {
            violate("the statement \(token) was cancelled by somebody else")
        }
    }

    // MARK: - Tokens

    /// Every token begins with its client's number: `c12q3`.
    static func client(of token: String) -> Int? {
        guard token.hasPrefix("c"), let end = token.firstIndex(of: "q") else { return nil }
        return Int(token[token.index(after: token.startIndex)..<end])
    }
}
