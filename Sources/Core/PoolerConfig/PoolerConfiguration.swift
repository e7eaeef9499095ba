/// Everything `pgbouncer.ini` says, checked.
package struct PoolerConfiguration: Hashable, Sendable {
    package var settings: PoolerSettings
    /// In file order, without the fallback.
    package private(set) var databases: [DatabaseEntry] = []
    /// The entry `*`, from which unknown databases are made.
    package private(set) var fallback: DatabaseEntry?
    /// In file order.
    package private(set) var users: [UserEntry] = []
    /// In file order.
    package private(set) var peers: [PeerEntry] = []
    /// In file order; to be logged.
    package private(set) var warnings: [ConfigWarning] = []

    private var databaseIndex: [String: Int] = [:]
    private var userIndex: [String: Int] = [:]
    private var peerIndex: [Int: Int] = [:]

    /// No databases, default settings.
    package init() { settings = PoolerSettings() }

    /// The entry of that name in the file; the fallback is not consulted. O(1).
    package func database(named name: String) -> DatabaseEntry? { databaseIndex[name].map { databases[$0] } }

    /// The entry that serves `name`: the file's own, or one made from the fallback. O(1).
    ///
    /// `nil` when there is neither, when the name is too long for a database, and for the console's `pgbouncer`.
    package func database(serving name: String) -> DatabaseEntry? {
        if let entry = database(named: name) { return entry }
        guard var entry = fallback, name != "pgbouncer", name.utf8.count <= DatabaseEntry.nameLimit else { return nil }
        if entry.dbname == entry.name { entry.dbname = name }
        entry.name = name
        entry.isAutomatic = true
        return entry
    }

    /// The `[users]` line of `name`. O(1).
    package func user(named name: String) -> UserEntry? { userIndex[name].map { users[$0] } }

    /// The `[peers]` line of `id`. O(1).
    package func peer(withID id: Int) -> PeerEntry? { peerIndex[id].map { peers[$0] } }

    /// Reads the file at `path` and everything it includes.
    ///
    /// - Parameters:
    ///   - path: as given on the command line; becomes the setting `conffile` unless the file sets that itself.
    ///   - read: returns the bytes of the file with that name. What it throws is printed into the error.
    package static func load(
        path: String, reading read: (String) throws -> [UInt8]
    ) throws(ConfigError) -> PoolerConfiguration {
        var loader = ConfigurationLoader()
        try INIParser.parse(path: path, reading: read) { item throws(ConfigError) in try loader.take(item) }
        try loader.checkEnd(path: path)
        var configuration = loader.configuration
        if configuration.settings.conffile == nil { configuration.settings.conffile = path }
        let contradictions = configuration.settings.contradictions
        guard contradictions.isEmpty else { throw ConfigError(file: path, line: nil, messages: contradictions) }
        return configuration
    }
}

// MARK: - Filling

extension PoolerConfiguration {
    mutating func add(_ entry: DatabaseEntry, at item: INIItem) {
        if entry.name == "*" {
            if fallback != nil { warnAboutDuplicate("database", entry.name, at: item) }
            fallback = entry
        } else if let place = databaseIndex[entry.name] {
            warnAboutDuplicate("database", entry.name, at: item)
            databases[place] = entry
        } else {
            databaseIndex[entry.name] = databases.count
            databases.append(entry)
        }
    }

    mutating func add(_ entry: UserEntry, at item: INIItem) {
        if let place = userIndex[entry.name] {
            warnAboutDuplicate("user", entry.name, at: item)
            users[place] = entry
        } else {
            userIndex[entry.name] = users.count
            users.append(entry)
        }
    }

    mutating func add(_ entry: PeerEntry, at item: INIItem) {
        if let place = peerIndex[entry.id] {
            warnAboutDuplicate("peer", String(entry.id), at: item)
            peers[place] = entry
        } else {
            peerIndex[entry.id] = peers.count
            peers.append(entry)
        }
    }

    mutating func warn(_ message: String, at item: INIItem) {
        warnings.append(ConfigWarning(file: item.file, line: item.line, message: message))
    }

    private mutating func warnAboutDuplicate(_ kind: String, _ name: String, at item: INIItem) {
        warn("\(kind) \"\(name)\" is written twice, only this line counts", at: item)
    }
}
