/// Everything `pgbouncer.ini` says, checked.
package struct PoolerConfiguration: Hashable, Sendable {
    package var settings: PoolerSettings
    /// In file order, without the fallback.
    package private(set) var databases: [DatabaseEntry] = []
    /// The entry `*`, from which unknown databases are made.
    package private(set) var fallback: DatabaseEntry?
    /// In file order.
    package private(set) var users: [UserEntry] = []
    /// In file order.
    package private(set) var peers: [PeerEntry] = []
    /// In file order; to be logged.
    package private(set) var warnings: [ConfigWarning] = []

    private var databaseIndex: [String: Int] = [:]
    private var userIndex: [String: Int] = [:]
    private var peerIndex: [Int: Int] = [:]

    /// No databases, default settings.
    package init() { settings = PoolerSettings() }

    /// The entry of that name in the file; the fallback is not consulted. O(1).
    package func database(named name: String) -> DatabaseEntry? { databaseIndex[name].map { databases[$0] } }

    /// The entry that serves `name`: the file's own, or one made from the fallback. O(1).
    ///
    /// `nil` when there is neither, or when the name is too long for a database.
    package func database(serving name: String) -> DatabaseEntry? { database(named: name) }

    /// The `[users]` line of `name`. O(1).
    package func user(named name: String) -> UserEntry? { userIndex[name].map { users[$0] } }

    /// The `[peers]` line of `id`. O(1).
    package func peer(withID id: Int) -> PeerEntry? { peerIndex[id].map { peers[$0] } }

    /// Reads the file at `path` and everything it includes.
    ///
    /// - Parameters:
    ///   - path: as given on the command line; becomes the setting `conffile`.
    ///   - read: returns the bytes of the file with that name. What it throws is printed into the error.
    package static func load(
        path: String, reading read: (String) throws -> [UInt8]
    ) throws(ConfigError) -> PoolerConfiguration {
        PoolerConfiguration()
    }
}
