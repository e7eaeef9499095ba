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
    /// A part that is not known yet is `nil` and may be admitted later with ``admitAlso(database:user:isExempt:)``.
    /// `isExempt` is for administrators: counted, but never refused for a number. An admitted client is given back with
    /// ``dismiss(database:user:into:)``.
    package mutating func admit(
        database: DatabaseID?, user: UserID?, isExempt: Bool = false
    ) -> AdmissionRefusal? {
        if !isExempt {
            if shutdown != nil { return .shuttingDown }
            if admittedClients >= maxClientConnections { return .tooManyClients }
        }
        if let refusal = admitAlso(database: database, user: user, isExempt: isExempt) { return refusal }
        admittedClients += 1
        return nil
    }

    /// Counts an admitted client towards the limits of a database or user that was not known before, both or neither.
    package mutating func admitAlso(
        database: DatabaseID?, user: UserID?, isExempt: Bool = false
    ) -> AdmissionRefusal? {
        let databaseSlot = database.flatMap { slot($0) }
        if database != nil {
            guard let databaseSlot, !databases[databaseSlot].isDead else { return .noSuchDatabase }
            let record = databases[databaseSlot]
            if record.isDisabled { return .databaseDisabled }
            if !isExempt, record.maxClientConnections > 0, record.clients >= record.maxClientConnections {
                return .tooManyDatabaseClients
            }
        }
        if let user, users.contains(slot: user.index) {
            let record = users[user.index]
            if !isExempt, record.maxClientConnections > 0, record.clients >= record.maxClientConnections {
                return .tooManyUserClients
            }
            users[user.index].clients += 1
        }
        if let databaseSlot { databases[databaseSlot].clients += 1 }
        return nil
    }

    /// Takes an admitted client out of the count: name exactly what was admitted.
    package mutating func dismiss(database: DatabaseID?, user: UserID?, into actions: inout [Action]) {
        admittedClients -= 1
        if let user, users.contains(slot: user.index) { users[user.index].clients -= 1 }
        if let database, let slot = slot(database) {
            databases[slot].clients -= 1
            removeDatabaseIfEmpty(slot, into: &actions)
        }
        reportShutdown(into: &actions)
    }
}
