/// What has to be known before a command can be carried out.
package struct ConsoleSituation: Hashable, Sendable {
    /// The database a command names.
    package struct Target: Hashable, Sendable {
        /// It is the console's own.
        package var isConsole: Bool
        package var isPaused: Bool

        package init(isConsole: Bool = false, isPaused: Bool = false) {
            self.isConsole = isConsole
            self.isPaused = isPaused
        }
    }

    package var state: PoolerState
    /// A shutdown waits for servers, which RESUME would give to clients again.
    package var mustStayPaused: Bool
    /// A shutdown has begun, of either kind.
    package var isShuttingDown: Bool
    /// Some database was paused or killed by its name.
    package var hasPausedDatabases: Bool
    /// `nil` if the command names no database, or one that does not exist.
    package var target: Target?

    package init(
        state: PoolerState = .active, mustStayPaused: Bool = false, isShuttingDown: Bool = false,
        hasPausedDatabases: Bool = false, target: Target? = nil
    ) {
        self.state = state
        self.mustStayPaused = mustStayPaused
        self.isShuttingDown = isShuttingDown
        self.hasPausedDatabases = hasPausedDatabases
        self.target = target
    }
}

extension AdminCommand {
    /// Refuses a command that cannot be carried out at the moment.
    package func check(_ situation: ConsoleSituation) throws(AdminError) {
        switch self {
        case .pause(let name):
            guard situation.state == .active else { throw .alreadyPaused }
            try check(name, situation, verb: "pause")
        case .kill(let name):
            guard situation.state == .active else { throw .alreadyPaused }
            try check(name, situation, verb: "kill")
        case .suspend:
            guard situation.state == .active else { throw .alreadyPaused }
            guard !situation.hasPausedDatabases else { throw .pausedDatabases }
        case .resume(nil):
            // PgBouncer refuses RESUME during any shutdown. Paused clients that a shutdown waits for could then never
            // finish, so it is refused here only where it would not help them.
            guard !situation.mustStayPaused else { throw .shuttingDown }
            guard situation.state != .active else { throw situation.isShuttingDown ? .shuttingDown : .notPaused }
        case .resume(let name?):
            guard let target = situation.target else { throw .noSuchDatabase(name) }
            guard target.isPaused else { throw .databaseNotPaused(name) }
        case .reconnect(let name): try check(name, situation, verb: "reconnect")
        case .waitClose(let name): try check(name, situation, verb: "wait in")
        case .disable(let name): try check(name, situation, verb: "disable")
        case .enable(let name): try check(name, situation, verb: "enable")
        case .show, .showParameter, .set, .setParameter, .reload, .killClient, .shutdown: break
        }
    }

    private func check(_ name: String?, _ situation: ConsoleSituation, verb: String) throws(AdminError) {
        guard let name else { return }
        guard let target = situation.target else { throw .noSuchDatabase(name) }
        guard !target.isConsole else { throw AdminError("cannot \(verb) admin db: \(name)") }
    }
}
