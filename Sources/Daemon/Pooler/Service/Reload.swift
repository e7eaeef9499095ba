import Glibc
import IOEngine
import MonotonicTime
import PGAuth
import PoolCore
import PoolerConfig
import Synchronization

/// Reading the configuration, at the start and again.
enum Reload {
    /// Reads the ini file and what it includes.
    static func readFile(_ path: String) throws(ConfigError) -> PoolerConfiguration {
        try PoolerConfiguration.load(path: path) { try FileReader.bytes(of: $0) }
    }

    /// Reads `auth_file`; what is wrong with it is logged and does not stop anything.
    static func readSecrets(_ settings: PoolerSettings, _ log: Log) -> [String: StoredSecret] {
        guard let path = settings.authFile, !path.isEmpty else { return [:] }
        do {
            let file = UserlistFile(parsing: try FileReader.bytes(of: path), file: path)
            for warning in file.warnings { log.write(.error, "\(warning)") }
            return Dictionary(
                file.users.map { ($0.name, StoredSecret($0.secret.exposedBytes)) }, uniquingKeysWith: { $1 })
        } catch {
            log.write(.error, "could not open auth_file \(path): \(error)")
            return [:]
        }
    }

    /// `RELOAD`: reads everything again and puts it to use.
    ///
    /// - Returns: false when a file could not be read; nothing has changed then.
    static func run(_ shared: SharedState) -> Bool {
        shared.reconfiguration.withLock { _ in
            let old = shared.live
            var file: PoolerConfiguration
            do throws(ConfigError) {
                file = try readFile(old.settings.conffile ?? "")
            } catch {
                for message in error.messages { shared.log.write(.error, "\(message)") }
                return false
            }
            for warning in file.warnings { shared.log.write(.warning, "\(warning)") }
            file.settings = old.settings.reloaded(with: file.settings)
            if let objection = UnsupportedSettings.objection(to: file.settings) {
                shared.log.write(.error, "\(objection)")
                return false
            }
            apply(LiveConfiguration(file: file, secrets: readSecrets(file.settings, shared.log)), shared)
            // Opened anew even if nothing changed: a rotated file must be let go.
            shared.log.reopen(file.settings.logDestination(like: shared.log.destination))
            return true
        }
    }

    /// `SET key = value`.
    static func set(_ key: String, to value: String, _ shared: SharedState) throws(SettingError) {
        try shared.reconfiguration.withLock { _ throws(SettingError) in
            let old = shared.live
            var file = old.file
            try file.settings.change(key, to: value)
            if UnsupportedSettings.objection(to: file.settings) != nil {
                throw .invalidValue(value, name: key, expected: "a value that is supported")
            }
            let isSameFile = file.settings.authFile == old.settings.authFile
            let secrets = isSameFile ? old.secrets : readSecrets(file.settings, shared.log)
            apply(LiveConfiguration(file: file, secrets: secrets), shared)
            let destination = file.settings.logDestination(like: shared.log.destination)
            if destination != shared.log.destination { shared.log.reopen(destination) }
        }
    }

    /// Puts a configuration in force: the pools at once, the workers as soon as they read their mail.
    static func apply(_ live: LiveConfiguration, _ shared: SharedState) {
        shared.live = live
        var removed: [DatabaseID] = []
        shared.decide { book, now, actions in
            book.group.maxClientConnections = live.settings.maxClientConn
            removed = book.adopt(live, at: now, into: &actions)
        }
        shared.postToAll(.configurationChanged)
        for database in removed { shared.postToAll(.disconnect(.database(database), reason: "database removed")) }
    }
}

extension PoolBook {
    /// Brings databases, users and pools in line with a configuration.
    ///
    /// - Returns: the databases that are no more; their clients must be told.
    mutating func adopt(
        _ live: LiveConfiguration, at now: Instant, into actions: inout [PoolGroup.Action]
    ) -> [DatabaseID] {
        var removed: [DatabaseID] = []
        let consoleLimits = DatabaseLimits(maxClientConnections: live.settings.maxDbClientConnections)
        group.setLimits(consoleLimits, of: console, at: now, into: &actions)
        for user in sortedUsers {
            user.update(secret: live.secrets[user.name])
            group.setLimits(live.limits(ofUser: user.name), of: user.id, at: now, into: &actions)
        }
        for name in live.secrets.keys.sorted() { _ = user(named: name, live) }
        for entry in live.file.users { _ = user(named: entry.name, live) }
        for entry in live.file.databases {
            if databases[entry.name] == nil { _ = add(entry, live) }
        }
        for database in sortedDatabases {
            guard let entry = live.file.database(serving: database.name) else {
                forgetName(of: database)
                removed.append(database.id)
                group.removeDatabase(database.id, at: now, into: &actions)
                continue
            }
            let needsReconnect = entry.connectsElsewhere(than: database.entry)
            database.entry = entry
            group.setLimits(live.limits(of: entry), of: database.id, at: now, into: &actions)
            if needsReconnect { group.handle(.reconnect(database.id), at: now, into: &actions) }
            if entry.user != nil {
                // A forced user's pool keeps min_pool_size without a client.
                let forced = user(named: entry.user ?? "", live)
                _ = pool(database: database, loginUser: forced, live, at: now, into: &actions)
            }
        }
        for pool in sortedPools {
            let limits = live.limits(database: pool.database.entry, user: pool.user.name)
            group.setLimits(limits, of: pool.id, at: now, into: &actions)
        }
        return removed
    }
}

extension DatabaseEntry {
    /// Servers opened for the other entry are of no use any more.
    func connectsElsewhere(than other: DatabaseEntry) -> Bool {
        dbname != other.dbname || host != other.host || port != other.port || user != other.user
            || connectQuery != other.connectQuery || loadBalanceHosts != other.loadBalanceHosts
    }
}

/// Reads whole files with the system's own words for what goes wrong.
enum FileReader {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static func bytes(of path: String) throws(Failure) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(description: "\(path): \(SystemError.text(errno))") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = unsafe read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0 {
                guard errno == EINTR else { throw Failure(description: "\(path): \(SystemError.text(errno))") }
                continue
            }
            bytes += chunk[..<count]
        }
    }
}

extension PoolerSettings {
    /// Where the log goes now; standard error and the command line's verbosity stay.
    func logDestination(like present: Log.Destination) -> Log.Destination {
        var destination = present
        destination.file = logfile
        destination.syslog = syslog
        destination.syslogIdent = syslogIdent
        destination.syslogFacility = syslogFacility
        destination.verbosity = max(verbose, present.commandLineVerbosity)
        return destination
    }
}
