import MonotonicTime
import PGAuth
import PoolCore
import PoolerConfig

/// The pools with their names: what the one short lock of the daemon guards.
///
/// ``PoolGroup`` decides about numbers; the book says which database, user and pool a number stands for.
struct PoolBook: Sendable {
    var group: PoolGroup
    private(set) var databases: [String: DatabaseRecord] = [:]
    private(set) var users: [String: UserRecord] = [:]
    private var pools: [PoolKey: PoolRecord] = [:]
    /// By ``PoolID/index``.
    private var poolTable: [PoolRecord?] = []
    private var databaseTable: [DatabaseID: DatabaseRecord] = [:]

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
    var sortedDatabases: [DatabaseRecord] { databases.values.sorted { $0.name < $1.name } }
    var sortedUsers: [UserRecord] { users.values.sorted { $0.name < $1.name } }

    /// In the order of their databases' and users' names.
    var sortedPools: [PoolRecord] {
        poolTable.compactMap { $0 }.sorted { ($0.database.name, $0.user.name) < ($1.database.name, $1.user.name) }
    }

    func pool(_ id: PoolID) -> PoolRecord? {
        guard poolTable.indices.contains(Int(id.index)), let record = poolTable[Int(id.index)], record.id == id else {
            return nil
        }
        return record
    }

    func database(_ id: DatabaseID) -> DatabaseRecord? { databaseTable[id] }

    /// The record of a database that the configuration knows, made from the fallback entry if need be.
    mutating func database(
        serving name: String, _ live: LiveConfiguration
    ) -> (record: DatabaseRecord, isNew: Bool)? {
        if let known = databases[name] { return (known, false) }
        guard let entry = live.file.database(serving: name) else { return nil }
        return (add(entry, live), true)
    }

    mutating func add(_ entry: DatabaseEntry, _ live: LiveConfiguration) -> DatabaseRecord {
        let record = DatabaseRecord(id: group.addDatabase(live.limits(of: entry)), entry: entry)
        databases[entry.name] = record
        databaseTable[record.id] = record
        return record
    }

    /// Takes a database's name out of use; its pools go when the group says so.
    mutating func forgetName(of database: DatabaseRecord) {
        if databases[database.name] === database { databases[database.name] = nil }
    }

    mutating func forget(_ id: DatabaseID) {
        guard let record = databaseTable.removeValue(forKey: id) else { return }
        forgetName(of: record)
    }

    mutating func user(named name: String, _ live: LiveConfiguration) -> UserRecord {
        if let known = users[name] { return known }
        let record = UserRecord(
            id: group.addUser(live.limits(ofUser: name)), name: name, secret: live.secrets[name])
        users[name] = record
        return record
    }

    /// The pool of a database for a log-in as `user`, or as the database's forced user.
    mutating func pool(
        database: DatabaseRecord, loginUser: UserRecord, _ live: LiveConfiguration, at now: Instant,
        into actions: inout [PoolGroup.Action]
    ) -> PoolRecord? {
        let user = database.forcedUser.map { self.user(named: $0, live) } ?? loginUser
        let key = PoolKey(database: database.id, user: user.id)
        // A pool the group has just removed is still known here for a moment.
        if let known = pools[key], group.owner(of: known.id) != nil { return known }
        let limits = live.limits(database: database.entry, user: user.name)
        guard
            let id = group.pool(database: database.id, user: user.id, limits: limits, at: now, into: &actions)
        else { return nil }
        let record = PoolRecord(id: id, database: database, user: user)
        pools[key] = record
        while poolTable.count <= Int(id.index) { poolTable.append(nil) }
        poolTable[Int(id.index)] = record
        return record
    }

    mutating func forget(_ id: PoolID) -> PoolRecord? {
        guard let record = pool(id) else { return nil }
        let key = PoolKey(database: record.database.id, user: record.user.id)
        if pools[key] === record { pools[key] = nil }
        poolTable[Int(id.index)] = nil
        return record
    }
}
