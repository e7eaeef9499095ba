extension AdminCommand {
    /// Reads one query of the console.
    ///
    /// Syntax is checked before access, access before what the arguments mean: `role` decides which of two errors
    /// is reported.
    ///
    /// - Parameter query: the text of a Query message, without its zero byte.
    package static func parse(_ query: [UInt8], as role: AdminRole) throws(AdminError) -> AdminCommand {
        guard let command = try CommandText.read(query).flatMap(Draft.init) else {
            throw .invalidCommand(String(decoding: query, as: UTF8.self))
        }
        return try command.finished(as: role)
    }

    /// Reads one query of the console.
    package static func parse(_ query: String, as role: AdminRole) throws(AdminError) -> AdminCommand {
        try parse(Array(query.utf8), as: role)
    }
}

/// A command whose syntax is right, before it is known whether it may be run.
private enum Draft {
    case whole(AdminCommand)
    // These are checked further, but only for an admin.
    case killClient(String)
    case disable(String)
    case enable(String)

    /// - Returns: `nil` for an unknown command.
    init?(_ text: CommandText) {
        switch text {
        case .set(let key, let value):
            self = .whole(ProbeParameter(named: key).map { .setParameter($0) } ?? .set(key: key, value: value))
        case .words(let verb, let argument):
            guard let draft = Draft(verb: verb.asciiLowercased, argument: argument) else { return nil }
            self = draft
        }
    }

    private init?(verb: String, argument: String) {
        let database = argument.isEmpty ? nil : argument
        switch verb {
        case "show", "select":
            guard let command = Draft.show(argument) else { return nil }
            self = .whole(command)
        case "pause": self = .whole(.pause(database: database))
        case "resume": self = .whole(.resume(database: database))
        case "kill": self = .whole(.kill(database: database))
        case "reconnect": self = .whole(.reconnect(database: database))
        case "wait_close": self = .whole(.waitClose(database: database))
        case "reload" where argument.isEmpty: self = .whole(.reload)
        case "suspend" where argument.isEmpty: self = .whole(.suspend)
        case "shutdown":
            guard let mode = Draft.shutdownMode(argument) else { return nil }
            self = .whole(.shutdown(mode))
        case "kill_client": self = .killClient(argument)
        case "disable": self = .disable(argument)
        case "enable": self = .enable(argument)
        default: return nil
        }
    }

    private static func show(_ what: String) -> AdminCommand? {
        if let parameter = ProbeParameter(named: what) { return .showParameter(parameter) }
        return ShowTarget(named: what).map { .show($0) }
    }

    private static func shutdownMode(_ argument: String) -> AdminCommand.ShutdownMode? {
        switch argument.asciiLowercased {
        case "": .immediate
        case "wait_for_servers": .waitForServers
        case "wait_for_clients": .waitForClients
        default: nil
        }
    }

    func finished(as role: AdminRole) throws(AdminError) -> AdminCommand {
        switch self {
        case .whole(let command):
            guard role.permits(command) else { throw .adminNeeded }
            return command
        case .killClient(let argument):
            guard role == .admin else { throw .adminNeeded }
            guard let id = ClientNumber.read(argument) else { throw .invalidClientID }
            return .killClient(id: id)
        case .disable(let name):
            guard role == .admin else { throw .adminNeeded }
            guard !name.isEmpty else { throw .databaseRequired }
            return .disable(database: name)
        case .enable(let name):
            guard role == .admin else { throw .adminNeeded }
            guard !name.isEmpty else { throw .databaseRequired }
            return .enable(database: name)
        }
    }
}
