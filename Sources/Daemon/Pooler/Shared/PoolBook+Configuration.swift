import MonotonicTime
import PoolCore
import PoolerConfig

extension PoolBook {
    /// Brings databases, users and pools in line with a configuration.
    ///
    /// - Returns: the databases that are removed; their clients must be disconnected.
    mutating func adopt(
        _ live: LiveConfiguration, at now: Instant, into actions: inout [PoolGroup.Action]
    ) -> [DatabaseID] {
        group.maxClientConnections = live.settings.maxClientConn
        group.setDatabaseIdleTimeout(live.autodbIdleTimeout, at: now, into: &actions)
        let consoleLimits = DatabaseLimits(maxClientConnections: live.settings.maxDbClientConnections)
        group.setLimits(consoleLimits, of: console, at: now, into: &actions)
        adoptUsers(live, at: now, into: &actions)
        let removed = adoptDatabases(live, at: now, into: &actions)
        for pool in sortedPools {
            let limits = live.limits(database: pool.database.entry, user: pool.user.name)
            group.setLimits(limits, of: pool.id, at: now, into: &actions)
        }
        return removed
    }

    private mutating func adoptUsers(
        _ live: LiveConfiguration, at now: Instant, into actions: inout [PoolGroup.Action]
    ) {
        for user in sortedUsers {
            user.update(secret: live.secrets[user.name])
            group.setLimits(live.limits(ofUser: user.name), of: user.id, at: now, into: &actions)
            group.setTransient(live.isTransient(user: user.name), user: user.id, into: &actions)
        }
        for name in live.secrets.keys.sorted() { _ = user(named: name, live) }
        for entry in live.file.users { _ = user(named: entry.name, live) }
    }

    private mutating func adoptDatabases(
        _ live: LiveConfiguration, at now: Instant, into actions: inout [PoolGroup.Action]
    ) -> [DatabaseID] {
        var removed: [DatabaseID] = []
        for entry in live.file.databases where database(named: entry.name) == nil { _ = add(entry, live) }
        for database in sortedDatabases where group.contains(database.id) {
            guard let entry = live.file.database(serving: database.name),
                entry.isAutomatic == database.entry.isAutomatic || database.entry.isAutomatic
            else {
                // Its line is gone. A client that asks for the name again may get one made from `*`.
                releaseName(of: database)
                removed.append(database.id)
                group.removeDatabase(database.id, at: now, into: &actions)
                continue
            }
            let needsReconnect = entry.connectsElsewhere(than: database.entry)
            database.entry = entry
            group.setAuto(entry.isAutomatic, database: database.id, at: now, into: &actions)
            group.setLimits(live.limits(of: entry), of: database.id, at: now, into: &actions)
            if needsReconnect { group.handle(.reconnect(database.id), at: now, into: &actions) }
            if let name = entry.user {
                // A forced user's pool keeps min_pool_size without a client.
                let forced = user(named: name, live)
                _ = pool(database: database, loginUser: forced, live, at: now, into: &actions)
            }
        }
        return removed
    }
}
