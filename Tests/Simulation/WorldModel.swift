import IOEngine
import MonotonicTime

/// What an observer outside the pooler knows, and the promises that can be checked from there.
///
/// Violations are collected, not trapped, so that the report can name the seed.
final class WorldModel {
    /// The most server connections, where something is limited. `nil` is no limit.
    struct Limits {
        var perPool: Int?
        var perDatabase: Int?
        var perUser: Int?

        /// The larger of both.
        func union(_ other: Limits) -> Limits {
            Limits(
                perPool: Self.larger(perPool, other.perPool), perDatabase: Self.larger(perDatabase, other.perDatabase),
                perUser: Self.larger(perUser, other.perUser))
        }

        private static func larger(_ left: Int?, _ right: Int?) -> Int? {
            guard let left, let right else { return nil }
            return max(left, right)
        }
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
    var tally = Tally()
    /// Statements in named form are refused, so no server may know one.
    var followsStatements = false

    /// Clients that have asked for a cancellation, by number.
    private var askedForCancel: Set<Int> = []

    func violate(_ text: String) {
        if violations.count < 20 { violations.append(text) }
    }

    // MARK: - Server connections

    /// A server connection has named its client.
    func serverOpened(_ connection: SimulatedConnection, database: String, user: String) {
        servers.removeAll { !$0.connection.isHeldByPooler || !$0.connection.isOpen }
        tally.count(.serverOpened)
        // The pooler may have closed it before its start-up packet has arrived.
        guard connection.isHeldByPooler else { return }
        let pool = PoolName(database: database, user: user)
        servers.append(ServerConnection(pool: pool, connection: connection))
        // A log-in after RECONNECT waits for a new server, for which a pool full of the old ones opens one more.
        let renewed = renewals[database] == nil ? 0 : 1
        check(limits.perPool.map { $0 + renewed }, "pool \(database)/\(user)") { $0 == pool }
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
    /// - Parameter isAbandoned: the pooler has closed the server's connection: it may end what no client waits for.
    func cancelArrived(token: String?, isAbandoned: Bool) {
        tally.count(.cancelDelivered)
        guard let token, let client = Self.client(of: token) else { return }
        if !askedForCancel.contains(client), !isAbandoned || terminated.contains(client) {
            violate("the statement \(token) was cancelled, which its client has not asked for")
        }
    }

    // MARK: - Leaving

    /// Clients that have sent Terminate after a request that must be carried out, by number.
    private var terminated: Set<Int> = []
    /// Tokens of messages that were not sent to their end, and of statements whose cancellation has been answered.
    private var forbidden: Set<String> = []
    private var executed: Set<String> = []

    func clientTerminates(_ client: Int) { terminated.insert(client) }

    func clientTears(_ tokens: [String]) {
        tally.count(.tornLeaving)
        forbidden.formUnion(tokens)
    }

    /// A statement that takes time has run to its end, or the connection has ended before.
    func statementEnded(token: String?, isComplete: Bool) {
        guard let token, let client = Self.client(of: token), terminated.contains(client) else { return }
        if isComplete {
            tally.count(.drained)
        } else {
            violate("the statement \(token) was abandoned although its client sent Terminate after it")
        }
    }

    // MARK: - Operators

    private var limitChanges = 0
    private var host = 0
    /// When servers became obsolete, by database.
    private var renewals: [String: Instant] = [:]
    /// When each client sent its present request.
    private var requestTimes: [Int: Instant] = [:]
    /// How long workers may take to learn of a change, and packets to arrive.
    private static let settling = Duration.seconds(1)

    func clientBegins(_ client: Int, at now: Instant) { requestTimes[client] = now }

    /// Limits have changed: servers that are being opened belong to the limits before.
    func change(to limits: Limits, on network: SimulatedNetwork) {
        self.limits = self.limits.union(limits)
        limitChanges += 1
        let number = limitChanges
        network.after(Self.settling) {
            if number == self.limitChanges { self.limits = limits }
        }
    }

    func move(to host: Int, _ databases: [String], at now: Instant) {
        guard host != self.host else { return }
        self.host = host
        tally.count(.move)
        renew(databases, at: now)
    }

    func renew(_ databases: [String], at now: Instant) {
        for database in databases { renewals[database] = now }
    }

    /// A statement begins outside of a transaction, on a server that was opened at `birth`.
    func statementBegins(_ token: String, in database: String, host: Int, birth: Instant) {
        guard let client = Self.client(of: token), let request = requestTimes[client],
            let renewal = renewals[database], request > renewal + Self.settling
        else { return }
        if birth < renewal {
            violate("\(token) ran on a server that was to be closed \(request.nanoseconds(since: renewal)) ns before")
        }
        if host != self.host { violate("\(token) ran on host \(host) after a move to \(self.host)") }
    }

    func statementRuns(_ token: String) {
        executed.insert(token)
        if forbidden.contains(token) { violate("\(token) ran, but it was cancelled or not sent to its end") }
    }

    /// A client has received the error that its statement is cancelled.
    func clientIsToldOfCancel(_ tokens: [String]) {
        if executed.isDisjoint(with: tokens) { tally.count(.cancelledBeforeRunning) }
        forbidden.formUnion(tokens)
    }

    // MARK: - Tokens

    /// Every token begins with its client's number: `c12q3`.
    static func client(of token: String) -> Int? {
        guard token.hasPrefix("c"), let end = token.firstIndex(of: "q") else { return nil }
        return Int(token[token.index(after: token.startIndex)..<end])
    }
}
