import MonotonicTime
import PGWire
import PoolCore
import PoolerConfig
import RelayCore

/// The pools with their names: what the one short lock of the daemon guards.
///
/// ``PoolGroup`` decides about numbers; the book says which database, user and pool a number stands for. What the group
/// has removed is still in the book until its action is carried out, so a name is looked up in both.
struct PoolBook: Sendable {
    var group: PoolGroup
    private(set) var databases: [String: Database] = [:]
    private(set) var users: [String: User] = [:]
    private var pools: [PoolKey: Pool] = [:]
    /// By ``PoolID/index``.
    private var poolTable: [Pool?] = []
    private var databaseTable: [DatabaseID: Database] = [:]
    private var userTable: [UserID: User] = [:]

    private struct PoolKey: Hashable {
        let database: DatabaseID
        let user: UserID
    }

    /// The console's database: it has no servers, but its clients count.
    let console: DatabaseID

    init(workerCount: Int) {
        group = PoolGroup(workerCount: workerCount)
        console = group.addDatabase(DatabaseLimits())
    }

    /// In the order of their names.
    var sortedDatabases: [Database] { databases.values.sorted { $0.name < $1.name } }
    var sortedUsers: [User] { users.values.sorted { $0.name < $1.name } }

    /// In the order of their databases' and users' names.
    var sortedPools: [Pool] {
        poolTable.compactMap { $0 }.sorted { ($0.database.name, $0.user.name) < ($1.database.name, $1.user.name) }
    }

    func pool(_ id: PoolID) -> Pool? {
        guard poolTable.indices.contains(Int(id.index)), let pool = poolTable[Int(id.index)], pool.id == id else {
            return nil
        }
        return pool
    }

    func database(_ id: DatabaseID) -> Database? { databaseTable[id] }

    func database(named name: String) -> Database? {
        guard let known = databases[name], group.contains(known.id) else { return nil }
        return known
    }

    /// The database that the configuration knows by this name, made from the fallback entry if need be.
    mutating func database(
        serving name: String, _ live: LiveConfiguration, at now: Instant, into actions: inout [PoolGroup.Action]
    ) -> (database: Database, isNew: Bool)? {
        if let known = database(named: name) { return (known, false) }
        guard let entry = live.file.database(serving: name) else { return nil }
        let database = add(entry, live)
        group.setAuto(entry.isAutomatic, database: database.id, at: now, into: &actions)
        return (database, true)
    }

    mutating func add(_ entry: DatabaseEntry, _ live: LiveConfiguration) -> Database {
        let database = Database(id: group.addDatabase(live.limits(of: entry)), entry: entry)
        databases[entry.name] = database
        databaseTable[database.id] = database
        return database
    }

    /// Takes a database's name out of use; its pools are removed when the group says so.
    mutating func releaseName(of database: Database) {
        if databases[database.name] === database { databases[database.name] = nil }
    }

    /// The group has removed the database.
    mutating func removeDatabase(_ id: DatabaseID) -> Database? {
        guard let database = databaseTable.removeValue(forKey: id) else { return nil }
        releaseName(of: database)
        return database
    }

    func knownUser(named name: String) -> User? {
        guard let known = users[name], group.contains(known.id) else { return nil }
        return known
    }

    /// The user of this name, made if need be.
    mutating func user(named name: String, _ live: LiveConfiguration) -> User {
        if let known = knownUser(named: name) { return known }
        let id = group.addUser(live.limits(ofUser: name), isTransient: live.isTransient(user: name))
        let user = User(id: id, name: name, secret: live.secrets[name])
        users[name] = user
        userTable[id] = user
        return user
    }

    /// The group has removed the user.
    mutating func removeUser(_ id: UserID) {
        guard let user = userTable.removeValue(forKey: id) else { return }
        if users[user.name] === user { users[user.name] = nil }
    }

    /// The pool of a database for a log-in as `user`, or as the database's forced user.
    mutating func pool(
        database: Database, loginUser: User, _ live: LiveConfiguration, at now: Instant,
        into actions: inout [PoolGroup.Action]
    ) -> Pool? {
        let user = database.forcedUser.map { self.user(named: $0, live) } ?? loginUser
        let key = PoolKey(database: database.id, user: user.id)
        if let known = pools[key], group.contains(known.id) { return known }
        let limits = live.limits(database: database.entry, user: user.name)
        guard
            let id = group.pool(database: database.id, user: user.id, limits: limits, at: now, into: &actions)
        else { return nil }
        let pool = Pool(id: id, database: database, user: user)
        pools[key] = pool
        while poolTable.count <= Int(id.index) { poolTable.append(nil) }
        poolTable[Int(id.index)] = pool
        return pool
    }

    /// The group has removed the pool.
    mutating func removePool(_ id: PoolID) -> Pool? {
        guard let pool = pool(id) else { return nil }
        let key = PoolKey(database: pool.database.id, user: pool.user.id)
        if pools[key] === pool { pools[key] = nil }
        poolTable[Int(id.index)] = nil
        return pool
    }

    // MARK: - What servers report

    /// A server has logged in. What it reports is what clients are told from now on, unless it has been told to close.
    mutating func serverLoggedIn(
        _ server: ServerID, of pool: Pool, _ welcome: WelcomeParameters, at now: Instant,
        into actions: inout [PoolGroup.Action]
    ) {
        if group.isLoggingIn(server) {
            pool.serverLoggedIn(welcome)
            group.setStandby(welcome.isStandby, of: pool.id)
        }
        group.handle(.serverLoggedIn(server), at: now, into: &actions)
    }

    /// A server has reported a parameter that holds for its pool.
    mutating func learn(_ parameter: ParameterStatus, from server: ServerID, of pool: Pool, names: TrackedNames) {
        guard group.isRepresentative(server), let welcome = pool.learn(parameter, names: names) else { return }
        group.setStandby(welcome.isStandby, of: pool.id)
    }
}
