/// Builds a ``PoolerConfiguration`` from the items of its file, one after the other.
struct ConfigurationLoader {
    private(set) var configuration = PoolerConfiguration()

    private enum Section: String {
        case pgbouncer, databases, users, peers
    }

    private var section: Section?
    private var hasMainSection = false

    mutating func take(_ item: INIItem) throws(ConfigError) {
        switch item.content {
        case .section(let name): try open(name, at: item)
        case .entry(let key, let value): try take(key, value, at: item)
        }
    }

    /// What remains to be said when the whole file was read.
    func checkEnd(path: String) throws(ConfigError) {
        guard hasMainSection else {
            throw ConfigError(
                file: path, line: nil, messages: ["load_init_file: main section missing from config file"])
        }
    }

    private mutating func open(_ name: String, at item: INIItem) throws(ConfigError) {
        guard let opened = Section(rawValue: name) else {
            throw ConfigError(
                file: item.file, line: item.line,
                messages: [
                    "invalid section \"\(name)\" in configuration (\(item.file):\(item.line)): "
                        + "expected pgbouncer, databases, users or peers"
                ])
        }
        if opened == .pgbouncer, hasMainSection {
            configuration.settings.restartSection()
            configuration.warn(
                "section [pgbouncer] starts again, what was set before is back to its default", at: item)
        }
        if opened == .pgbouncer { hasMainSection = true }
        section = opened
    }

    private mutating func take(_ key: String, _ value: [UInt8], at item: INIItem) throws(ConfigError) {
        switch section {
        case nil:
            throw refusal("load_init_file: value without section: \(key)", key, at: item)
        case .pgbouncer:
            try set(key, String(decoding: value, as: UTF8.self), at: item)
        case .databases, .users, .peers:
            do throws(EntryRefusal) {
                try addEntry(key, value, at: item)
            } catch {
                throw refusal(error.message, key, at: item)
            }
        }
    }

    private mutating func set(_ name: String, _ text: String, at item: INIItem) throws(ConfigError) {
        do throws(SettingError) {
            try configuration.settings.set(name, to: text)
            if configuration.settings.isTooLong(name) {
                configuration.warn(
                    "\(name) = \(text) is more than can be counted, taken as 0 as by PgBouncer", at: item)
            }
        } catch {
            let complaint =
                "invalid value \"\(text)\" for parameter \(name) in configuration (\(item.file):\(item.line))"
            let messages: [String]
            switch error {
            case .unknownParameter: throw refusal(error.description, name, at: item)
            case .invalidValue(_, _, let expected): messages = ["\(complaint): expected \(expected)"]
            case .reservedDatabase: messages = [error.description, complaint]
            }
            throw ConfigError(file: item.file, line: item.line, messages: messages)
        }
    }

    private mutating func addEntry(_ name: String, _ value: [UInt8], at item: INIItem) throws(EntryRefusal) {
        var remarks: [String] = []
        switch section {
        case .databases:
            configuration.add(try DatabaseEntry(name: name, parsing: value, remarks: &remarks), at: item)
        case .users: configuration.add(try UserEntry(name: name, parsing: value, remarks: &remarks), at: item)
        case .peers: configuration.add(try PeerEntry(name: name, parsing: value, remarks: &remarks), at: item)
        case .pgbouncer, nil: return
        }
        for remark in remarks { configuration.warn(remark, at: item) }
    }

    /// A refusal that names the entry but not its value, in which a password may stand.
    private func refusal(_ cause: String, _ key: String, at item: INIItem) -> ConfigError {
        let place = "(\(item.file):\(item.line))"
        return ConfigError(
            file: item.file, line: item.line,
            messages: [cause, "invalid value \"<redacted>\" for parameter \(key) in configuration \(place)"])
    }
}
