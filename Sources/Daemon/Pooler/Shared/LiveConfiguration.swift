import IOEngine
import MonotonicTime
import PGAuth
import PoolCore
import PoolerConfig
import RelayCore

/// The settings and files in force: one immutable value that every worker reads without a lock and swaps at a reload.
final class LiveConfiguration: Sendable {
    let file: PoolerConfiguration
    let tracked: TrackedNames
    let secrets: [String: StoredSecret]

    let settings: PoolerSettings
    // Made once from the settings, not for each client.
    let socketOptions: SocketOptions
    /// In nanoseconds; 0 is off.
    let clientLoginTimeout: Int64
    private let timeouts: ClientTimeouts
    /// The lines of `[users]`. To ask ``file`` for one would copy all of it, settings and all.
    private let users: [String: UserEntry]

    init(file: PoolerConfiguration, secrets: [String: StoredSecret]) {
        self.file = file
        settings = file.settings
        self.secrets = secrets
        tracked = TrackedNames(extra: file.settings.trackExtraParameters)
        socketOptions = file.settings.socketOptions
        clientLoginTimeout = file.settings.clientLoginTimeout.wholeNanoseconds
        timeouts = ClientTimeouts(file.settings, user: nil)
        var users: [String: UserEntry] = [:]
        for user in file.users { users[user.name] = user }
        self.users = users
    }

    // MARK: - Precedence: user beats database beats global

    func poolMode(database: PoolMode?, user: String) -> PoolMode {
        users[user]?.poolMode ?? database ?? settings.poolMode
    }

    func limits(database: DatabaseEntry, user: String) -> PoolLimits {
        let own = users[user]
        var limits = PoolLimits()
        limits.size = own?.poolSize ?? database.poolSize ?? settings.defaultPoolSize
        limits.minSize = database.minPoolSize ?? settings.minPoolSize
        limits.reserveSize = own?.reservePoolSize ?? database.reservePoolSize ?? settings.reservePoolSize
        limits.reserveTimeout = settings.reservePoolTimeout.unlessZero
        limits.hasForcedUser = database.user != nil
        limits.waitTimeout =
            (own?.queryWaitTimeout ?? database.queryWaitTimeout ?? settings.queryWaitTimeout).unlessZero
        limits.queryTimeout = (own?.queryTimeout ?? settings.queryTimeout).unlessZero
        limits.waitNotify = settings.queryWaitNotify.unlessZero
        limits.cancelWaitTimeout = settings.cancelWaitTimeout.unlessZero
        limits.serverLifetime = database.serverLifetime ?? settings.serverLifetime
        limits.serverIdleTimeout = settings.serverIdleTimeout.unlessZero
        limits.checkDelay = settings.serverCheckQuery == .never ? nil : settings.serverCheckDelay
        limits.loginRetry = settings.serverLoginRetry
        limits.connectTimeout = settings.serverConnectTimeout.unlessZero
        limits.poolIdleTimeout = poolIdleTimeout(user: user)
        limits.roundRobin = settings.serverRoundRobin
        return limits
    }

    /// A pool of a user whose name only a client has chosen is removed as an unused auto-database is.
    private func poolIdleTimeout(user: String) -> Duration? {
        let timeout = settings.poolIdleTimeout.unlessZero
        guard isTransient(user: user), let auto = autodbIdleTimeout else { return timeout }
        return min(timeout ?? auto, auto)
    }

    /// `autodb_idle_timeout`; `nil` means never.
    var autodbIdleTimeout: Duration? { settings.autodbIdleTimeout.unlessZero }

    /// No file names the user.
    func isTransient(user name: String) -> Bool { secrets[name] == nil && users[name] == nil }

    func limits(of database: DatabaseEntry) -> DatabaseLimits {
        DatabaseLimits(
            maxConnections: database.maxDbConnections ?? settings.maxDbConnections,
            maxClientConnections: database.maxDbClientConnections ?? settings.maxDbClientConnections)
    }

    func limits(ofUser name: String) -> UserLimits {
        let own = users[name]
        return UserLimits(
            maxConnections: own?.maxUserConnections ?? settings.maxUserConnections,
            maxClientConnections: own?.maxUserClientConnections ?? settings.maxUserClientConnections)
    }

    func timeouts(user: String) -> ClientTimeouts {
        users[user].map { ClientTimeouts(settings, user: $0) } ?? timeouts
    }
}

/// The time-outs of one client in nanoseconds; 0 is off.
///
/// Settings `client_idle_timeout`, `query_timeout`, `idle_transaction_timeout`, `transaction_timeout`.
struct ClientTimeouts: Hashable, Sendable {
    var idle: Int64 = 0
    var query: Int64 = 0
    var idleTransaction: Int64 = 0
    var transaction: Int64 = 0

    init() {}

    init(_ settings: PoolerSettings, user own: UserEntry?) {
        idle = (own?.clientIdleTimeout ?? settings.clientIdleTimeout).wholeNanoseconds
        query = (own?.queryTimeout ?? settings.queryTimeout).wholeNanoseconds
        idleTransaction = (own?.idleTransactionTimeout ?? settings.idleTransactionTimeout).wholeNanoseconds
        transaction = (own?.transactionTimeout ?? settings.transactionTimeout).wholeNanoseconds
    }

    var areOff: Bool { idle | query | idleTransaction | transaction == 0 }
}

extension Duration {
    /// PgBouncer writes "off" as 0.
    fileprivate var unlessZero: Duration? { self == .zero ? nil : self }
}
