import Glibc
import IOEngine
import MonotonicTime
import PoolCore
import PoolerConfig
import Synchronization

/// Reading the configuration again, and putting it in force.
enum Reload {
    /// The console's `RELOAD`.
    ///
    /// - Returns: false when something could not be read or opened; nothing has changed then.
    static func command(_ shared: SharedState) -> Bool {
        guard run(shared) else {
            shared.log.write(.error, "RELOAD Failed, see logs for more details")
            return false
        }
        return true
    }

    /// Reads everything again and puts it to use, for `RELOAD` and SIGHUP.
    ///
    /// - Returns: false when something could not be read or opened; nothing has changed then.
    static func run(_ shared: SharedState) -> Bool {
        shared.reconfiguration.withLock { _ in
            ServiceManager.tell(.reloading)
            defer { ServiceManager.tell(.ready) }
            do throws(ConfigurationRefusal) {
                let present = shared.live.settings
                let candidate = try ConfigurationCandidate.load(path: present.conffile ?? "", present: present)
                for warning in candidate.file.warnings { shared.log.write(.warning, "\(warning)") }
                try candidate.requireAuthFile()
                // Even if nothing changed: a log file that was renamed must be closed.
                try put(candidate, inForceIn: shared, reopeningLog: true)
                return true
            } catch {
                for cause in error.causes { shared.log.write(.error, "\(cause)") }
                if error.kind == .tls {
                    shared.log.write(.error, "TLS configuration could not be reloaded, keeping old configuration")
                }
                shared.log.write(.warning, "config file loading failed")
                return false
            }
        }
    }

    /// `SET key = value`.
    static func set(_ key: String, to value: String, _ shared: SharedState) throws(ConfigurationRefusal) {
        try shared.reconfiguration.withLock { _ throws(ConfigurationRefusal) in
            let old = shared.live
            var file = old.file
            do throws(SettingError) {
                try file.settings.change(key, to: value)
            } catch {
                throw ConfigurationRefusal([error.description], kind: .file)
            }
            // The same file is read again by RELOAD only.
            let isSameFile =
                file.settings.authFile == old.settings.authFile
                && file.settings.authType.usesAuthFile == old.settings.authType.usesAuthFile
            let candidate = try ConfigurationCandidate(reading: file, secrets: isSameFile ? old.secrets : nil)
            try candidate.requireAuthFile()
            if file.settings.conffile != old.settings.conffile { try requireReadable(file.settings.conffile ?? "") }
            try put(candidate, inForceIn: shared, reopeningLog: false)
        }
    }

    private static func requireReadable(_ path: String) throws(ConfigurationRefusal) {
        do throws(FileReader.Failure) {
            _ = try FileReader.bytes(of: path)
        } catch {
            throw ConfigurationRefusal(["could not load file \"\(path)\": \(error)"], kind: .file)
        }
    }

    /// Puts a candidate in force; the log file is opened first, because only that can fail.
    private static func put(
        _ candidate: ConfigurationCandidate, inForceIn shared: SharedState, reopeningLog: Bool
    ) throws(ConfigurationRefusal) {
        let destination = candidate.file.settings.logDestination(like: shared.log.destination)
        if reopeningLog || destination != shared.log.destination {
            do throws(LogFileError) {
                try shared.log.reopen(destination)
            } catch {
                throw ConfigurationRefusal([error.description], kind: .file)
            }
        }
        apply(candidate.live, shared)
    }

    /// Puts a configuration in force: the pools at once, the workers as soon as they read their mail.
    static func apply(_ live: LiveConfiguration, _ shared: SharedState, at now: Instant = .now()) {
        shared.live = live
        var removed: [DatabaseID] = []
        shared.decide(at: now) { book, actions in removed = book.adopt(live, at: now, into: &actions) }
        shared.postToAll(.configurationChanged)
        for database in removed { shared.postToAll(.disconnect(.database(database), reason: "database removed")) }
    }
}

extension DatabaseEntry {
    /// Servers opened for the other entry are of no use any more.
    func connectsElsewhere(than other: DatabaseEntry) -> Bool {
        dbname != other.dbname || host != other.host || port != other.port || user != other.user
            || connectQuery != other.connectQuery || loadBalanceHosts != other.loadBalanceHosts
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
