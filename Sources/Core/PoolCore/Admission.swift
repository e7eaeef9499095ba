package import MonotonicTime

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

// Invariant: `clients` of a database or user is the number of clients admitted to it, `admittedClients` that of all.
extension PoolGroup {
    /// Counts a client towards `max_client_conn` and the limits of its database and user, or refuses it.
    ///
    /// A database or user that is not known yet is `nil` and may be admitted later with
    /// ``admitAlso(database:user:isExempt:)``. `isExempt` is for administrators: they are counted, but a limit never
    /// refuses them. The count of an admitted client ends with ``dismiss(database:user:at:into:)``.
    package mutating func admit(
        database: DatabaseID?, user: UserID?, isExempt: Bool = false
    ) -> AdmissionRefusal? {
        if !isExempt {
            if shutdownMode != nil { return .shuttingDown }
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
        if let user, let slot = slot(user) {
            let record = users[slot]
            if !isExempt, record.maxClientConnections > 0, record.clients >= record.maxClientConnections {
                return .tooManyUserClients
            }
            users[slot].clients += 1
        }
        if let databaseSlot {
            databases[databaseSlot].clients += 1
            noteUse(ofDatabase: databaseSlot)
        }
        return nil
    }

    /// Takes an admitted client out of the count: name exactly what was admitted.
    package mutating func dismiss(
        database: DatabaseID?, user: UserID?, at now: Instant, into actions: inout [Action]
    ) {
        admittedClients -= 1
        if let user, let slot = slot(user) {
            users[slot].clients -= 1
            removeUserIfUnused(slot, into: &actions)
        }
        if let database, let slot = slot(database) {
            databases[slot].clients -= 1
            updateIdleness(ofDatabase: slot, at: now, into: &actions)
            removeDatabaseIfEmpty(slot, into: &actions)
        }
        reportShutdown(into: &actions)
    }
}
