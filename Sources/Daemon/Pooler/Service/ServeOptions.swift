/// What the command line says; PgBouncer's flags.
package struct ServeOptions: Sendable {
    package var configPath: String
    /// `-q`: nothing to standard error.
    package var quiet: Bool
    /// How many `-v`.
    package var verbosity: Int
    /// `-u`: the account to run as; the caller changes to it before ``PoolerService/run()``.
    package var user: String?
    /// A descriptor that gets one byte once connections are accepted.
    package var readyPipe: Int32?
    /// Whether the process's signals are the pooler's to handle.
    package var handlesSignals = true

    package init(
        configPath: String, quiet: Bool = false, verbosity: Int = 0, user: String? = nil, readyPipe: Int32? = nil
    ) {
        self.configPath = configPath
        self.quiet = quiet
        self.verbosity = verbosity
        self.user = user
        self.readyPipe = readyPipe
    }
}

/// Why the pooler does not start.
package struct StartupError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// How the pooler does, for a status line.
package struct PoolerStatus: Sendable {
    package var clients = 0
    package var servers = 0
    package var waiting = 0
    /// Since the start.
    package var queries: UInt64 = 0

    package init() {}
}
