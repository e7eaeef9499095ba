/// One line of `[databases]`: where a database that clients ask for really is.
///
/// A `nil` override means that the setting of the same name decides.
package struct DatabaseEntry: Hashable, Sendable {
    /// The longest name of a database, in bytes.
    package static let nameLimit = 63

    /// The name clients ask for; `*` in the fallback entry as written.
    package var name: String
    /// The name on the server (`dbname`); the same as `name` unless set.
    package var dbname: String
    /// Tried in turn; empty means the Unix socket in PostgreSQL's usual place.
    package var host: [Host] = []
    /// ``host`` as the file writes it, with its blanks; `nil` when no host is set.
    package var hostText: String?
    /// One port for every host. TCP uses the lower 16 bits of it, as in PgBouncer.
    package var port = 5432
    /// The one server user for every client (`user`); `nil` means each client's own.
    package var user: String?
    /// The password of `user`; `nil` means that `auth_file` is asked.
    package var password: Secret?

    package var authUser: String?
    package var authQuery: String?
    package var authDbname: String?

    // Sent to the server as start-up parameters.
    package var clientEncoding: String?
    package var datestyle: String?
    package var timezone: String?
    package var applicationName: String?

    package var poolSize: Int?
    package var minPoolSize: Int?
    package var reservePoolSize: Int?
    package var poolMode: PoolMode?
    package var serverLifetime: Duration?
    /// `.zero` turns the time limit off for this database.
    package var queryWaitTimeout: Duration?
    package var maxDbConnections: Int?
    package var maxDbClientConnections: Int?

    /// Run once on every new server connection.
    package var connectQuery: String?
    package var loadBalanceHosts = LoadBalanceHosts.roundRobin

    /// Whether the entry was made from the fallback `*` and is not in the file.
    package var isAutomatic = false

    package init(name: String) { (self.name, dbname) = (name, name) }

    /// Whether `host` is a list, so that ``loadBalanceHosts`` means something. PgBouncer looks for a comma.
    package var hasHostList: Bool { hostText?.utf8.contains(UInt8(ascii: ",")) ?? false }
}
