package import MonotonicTime

/// Databases made from the fallback entry `*`: each is removed when nothing has used it for `autodb_idle_timeout`.
///
/// Invariant: `idleDatabases` has exactly the databases that are removable (``DatabaseRecord/isRemovable``), in the
/// order in which they became so, and at most ``mostIdleDatabases`` of them.
extension PoolGroup {
    /// Clients choose the names of auto-databases, so time alone does not bound their number.
    package static var mostIdleDatabases: Int { 1_000 }

    /// `autodb_idle_timeout`; `nil` means never.
    package mutating func setDatabaseIdleTimeout(
        _ timeout: Duration?, at now: Instant, into actions: inout [Action]
    ) {
        databaseIdleDelay = max(0, timeout?.wholeNanoseconds ?? PoolDelays.never)
        removeIdleDatabases(at: now, into: &actions)
    }

    /// The database is, or is no longer, made from the fallback entry.
    package mutating func setAuto(
        _ isAuto: Bool, database: DatabaseID, at now: Instant, into actions: inout [Action]
    ) {
        guard let slot = slot(database) else { return }
        databases[slot].isAuto = isAuto
        updateIdleness(ofDatabase: slot, at: now, into: &actions)
    }

    /// The database has come into use, or is being removed.
    mutating func noteUse(ofDatabase slot: Int32) {
        guard databases[slot].idleSince != nil else { return }
        databases[slot].idleSince = nil
        idleDatabaseLinks.remove(slot, from: &idleDatabases)
        armDatabases()
    }

    /// Something has changed that may make the database removable, or not removable any more.
    mutating func updateIdleness(ofDatabase slot: Int32, at now: Instant, into actions: inout [Action]) {
        guard databases[slot].isRemovable else { return noteUse(ofDatabase: slot) }
        guard databases[slot].idleSince == nil else { return }
        databases[slot].idleSince = now
        idleDatabaseLinks.grow(to: databases.capacity)
        idleDatabaseLinks.append(slot, to: &idleDatabases)
        if idleDatabases.count > Self.mostIdleDatabases {
            removeDatabase(id(ofDatabase: idleDatabases.first), at: now, into: &actions)
        }
        armDatabases()
    }

    /// Removes the databases whose time is over.
    mutating func removeIdleDatabases(at now: Instant, into actions: inout [Action]) {
        while case let slot = idleDatabases.first, slot >= 0, let since = databases[slot].idleSince,
            since.after(databaseIdleDelay) <= now
        {
            removeDatabase(id(ofDatabase: slot), at: now, into: &actions)
        }
        armDatabases()
    }

    private mutating func armDatabases() {
        let first = idleDatabases.first
        databaseDeadline = first >= 0 ? (databases[first].idleSince ?? .never).after(databaseIdleDelay) : .never
    }
}
