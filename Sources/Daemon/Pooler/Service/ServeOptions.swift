/// What the command line says; PgBouncer's flags.
package struct ServeOptions: Sendable {
    package var configPath: String
    /// `-q`: nothing to standard error.
    package var quiet: Bool
    /// How many `-v`.
    package var verbosity: Int
    /// `-u`: the account to run as; the caller changes to it before ``PoolerService/run()``.
    package var user: String?
    /// Called once, when the sockets are open and before a connection is accepted; an error ends the process.
    package var whenListening: (@Sendable () throws(StartupError) -> Void)?
    /// Called once, when every worker serves.
    package var whenReady: (@Sendable () -> Void)?
    /// Whether the pooler handles the process's signals.
    package var handlesSignals = true

    package init(
        configPath: String, quiet: Bool = false, verbosity: Int = 0, user: String? = nil
    ) {
        self.configPath = configPath
        self.quiet = quiet
        self.verbosity = verbosity
        self.user = user
    }
}

/// Why the pooler does not start, in PgBouncer's words where it has them.
package struct StartupError: Error, CustomStringConvertible {
    /// What led to it, cause first: error lines of the log.
    package let causes: [String]
    /// The last line of the log.
    package let reason: String

    package init(_ reason: String, causes: [String] = []) { (self.causes, self.reason) = (causes, reason) }

    package var description: String { (causes + [reason]).joined(separator: "\n") }
}

/// What the pooler is doing, for a status line.
package struct PoolerStatus: Sendable {
    package var clients = 0
    package var servers = 0
    package var waiting = 0
    /// Since the start.
    package var queries: UInt64 = 0

    package init() {}
}
