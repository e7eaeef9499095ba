/// The facts about the process's environment that libpq uses, collected by code that may do I/O.
public struct ClientEnvironment: Hashable, Sendable {
    /// The environment variables: `PGHOST` and the like, `HOME`.
    public var variables: [String: String]
    /// The operating system user that runs the program; the default of `user`.
    public var systemUser: String?
    /// The user's home directory, used if `HOME` is not set.
    public var homeDirectory: String?
    /// The directory of the sockets of local servers, compiled into libpq. Debian's is `/var/run/postgresql`,
    /// PostgreSQL's own `/tmp`.
    public var socketDirectory: String
    /// The system directory of `pg_service.conf`, used if `PGSYSCONFDIR` is not set.
    public var systemDirectory: String

    /// Creates an environment; by default it is empty, with Debian's directories.
    public init(
        variables: [String: String] = [:], systemUser: String? = nil, homeDirectory: String? = nil,
        socketDirectory: String = "/var/run/postgresql", systemDirectory: String = "/etc/postgresql-common"
    ) {
        self.variables = variables
        self.systemUser = systemUser
        self.homeDirectory = homeDirectory
        self.socketDirectory = socketDirectory
        self.systemDirectory = systemDirectory
    }

    /// A file in the user's home directory; `nil` if the home directory is unknown.
    func home(_ path: String) -> String? {
        let home = variables["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? homeDirectory
        return home.map { "\($0)/\(path)" }
    }
}

extension ClientEnvironment: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The names, not the values, of the variables that begin with `PG`: one of them is `PGPASSWORD`.
    public var description: String {
        let names = variables.keys.filter { $0.hasPrefix("PG") }.sorted()
        return
            "environment of \(systemUser ?? "?") with \(names.isEmpty ? "no PG…" : names.joined(separator: ", "))"
    }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// Shows the description only, so that `dump` shows no secret.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
