/// What libpq would find out about the process it runs in, gathered by whoever may look.
public struct ClientEnvironment: Hashable, Sendable {
    /// The environment's variables: `PGHOST` and its like, `HOME`.
    public var variables: [String: String]
    /// The operating system's name of the user that runs the program; the default of `user`.
    public var systemUser: String?
    /// Where that user is at home, if `HOME` does not say it.
    public var homeDirectory: String?
    /// Where servers of this machine have their sockets: what libpq was built with. Debian's is
    /// `/var/run/postgresql`, PostgreSQL's own `/tmp`.
    public var socketDirectory: String
    /// Where the system keeps `pg_service.conf`, if `PGSYSCONFDIR` does not say it.
    public var systemDirectory: String

    /// Gathers what is known; by default nothing, and directories as in Debian.
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

    /// A file below the user's home directory; `nil` if there is none.
    func home(_ path: String) -> String? {
        let home = variables["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? homeDirectory
        return home.map { "\($0)/\(path)" }
    }
}

extension ClientEnvironment: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Names, not values, of the variables that begin with `PG`: one of them is `PGPASSWORD`.
    public var description: String {
        let names = variables.keys.filter { $0.hasPrefix("PG") }.sorted()
        return
            "environment of \(systemUser ?? "nobody") with \(names.isEmpty ? "no PG…" : names.joined(separator: ", "))"
    }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// Shows the description only, so that `dump` shows no secret.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
