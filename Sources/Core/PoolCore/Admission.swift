/// Why a new client is refused.
package enum AdmissionRefusal: Hashable, Sendable {
    case tooManyClients
    case tooManyDatabaseClients
    case tooManyUserClients
    case databaseDisabled
    case noSuchDatabase
    case shuttingDown

    /// PgBouncer's message; for a disabled or unknown database the driver puts in the name.
    package var message: String {
        switch self {
        case .tooManyClients: "no more connections allowed (max_client_conn)"
        case .tooManyDatabaseClients: "client connections exceeded (max_db_client_connections)"
        case .tooManyUserClients: "client connections exceeded (max_user_client_connections)"
        case .databaseDisabled: "database is disabled"
        case .noSuchDatabase: "no such database"
        case .shuttingDown: "pooler is shutting down"
        }
    }
}

extension PoolGroup {
    /// Counts a client towards `max_client_conn` and the limits of its database and user, or refuses it whole.
    ///
    /// A part that is not known yet is `nil` and may be admitted later with ``admitAlso(database:user:)``. An admitted
    /// client is given back with ``dismiss(database:user:)``.
    package mutating func admit(
        database: DatabaseID?, user: UserID?, isExempt: Bool = false
    ) -> AdmissionRefusal? {
        nil
    }

    /// Counts an admitted client towards the limits of a database or user that was not known before.
    package mutating func admitAlso(
        database: DatabaseID?, user: UserID?, isExempt: Bool = false
    ) -> AdmissionRefusal? {
        nil
    }

    /// Takes an admitted client out of the count: name exactly what was admitted.
    package mutating func dismiss(database: DatabaseID?, user: UserID?, into actions: inout [Action]) {}
}
