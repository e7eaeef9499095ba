import MonotonicTime

/// What the console shows.
extension PoolGroup {
    package func counts(of pool: PoolID) -> PoolCounts? {
        guard let slot = slot(pool) else { return nil }
        let record = pools[slot]
        var counts = PoolCounts()
        counts.clWaiting = record.waiters.count + record.welcomes.count
        counts.clActive = max(0, record.clients - (counts.clWaiting - record.authWaiting))
        counts.clActiveCancelReq = record.sentCancels
        counts.clWaitingCancelReq = record.queuedCancels.count + record.connectingCancels.count
        counts.svActive = record.active
        counts.svActiveCancel = record.sentCancels
        counts.svBeingCanceled = record.beingCanceled
        counts.svIdle = record.idle.count
        counts.svUsed = record.used.count
        counts.svTested = record.tested.count
        counts.svLogin = record.login.count + record.connectingCancels.count
        counts.svClosing = record.closing
        counts.waitingSince = headSince(slot)
        return counts
    }

    package func counts(of database: DatabaseID) -> ConnectionCounts? {
        guard let slot = slot(database) else { return nil }
        return ConnectionCounts(
            connections: databases[slot].shared.servers, clientConnections: databases[slot].clients)
    }

    package func counts(of user: UserID) -> ConnectionCounts {
        guard let slot = slot(user) else { return ConnectionCounts() }
        return ConnectionCounts(connections: users[slot].shared.servers, clientConnections: users[slot].clients)
    }

    /// All servers, and all admitted clients.
    package var totals: ConnectionCounts {
        ConnectionCounts(connections: serverCount, clientConnections: admittedClients)
    }

    /// The pools that exist, in the order of their slots; O(pools).
    package var poolIDs: [PoolID] {
        (0..<Int32(pools.capacity)).filter { pools[$0].isAlive }.map { id(ofPool: $0) }
    }

    /// The database and user of a pool.
    package func owner(of pool: PoolID) -> (database: DatabaseID, user: UserID)? {
        slot(pool).map { (id(ofDatabase: pools[$0].database), id(ofUser: pools[$0].user)) }
    }

    /// The database was paused or killed by its name; for `nil`, the whole pooler is paused or suspended.
    package func isPaused(_ database: DatabaseID?) -> Bool {
        guard let database else { return pauseMode != .active }
        return slot(database).map { databases[$0].isPaused } ?? false
    }

    /// This console suspended the pooler, and nothing has resumed it since.
    package func isSuspended(by console: ClientID) -> Bool { pauseMode == .suspended && suspender == console }

    /// The database is there, and not being removed.
    package func contains(_ database: DatabaseID) -> Bool { slot(database).map { !databases[$0].isDead } ?? false }
    package func contains(_ user: UserID) -> Bool { slot(user) != nil }
    package func contains(_ pool: PoolID) -> Bool { slot(pool) != nil }

    package func isDisabled(_ database: DatabaseID) -> Bool {
        slot(database).map { databases[$0].isDisabled } ?? false
    }

    package func state(of server: ServerID) -> ServerState? {
        guard let slot = slot(server) else { return nil }
        return switch servers[slot].place {
        case .gone: nil
        case .login: .login
        case .idle: .idle
        case .used: .used
        case .tested: .tested
        case .active: .active
        case .beingCanceled: .beingCanceled
        case .closing: .closing
        }
    }

    /// The server is marked for closing: `close_needed` of `SHOW SERVERS`. With `server_fast_close` the driver closes
    /// it as soon as it is ready.
    package func needsClose(_ server: ServerID) -> Bool {
        slot(server).map { servers[$0].isDirty } ?? false
    }

    /// The client that the server is linked to.
    package func client(of server: ServerID) -> ClientID? {
        guard let slot = slot(server), servers[slot].place == .active else { return nil }
        return servers[slot].client
    }

    /// The pool that the server belongs to.
    package func pool(of server: ServerID) -> PoolID? {
        slot(server).map { id(ofPool: servers[$0].pool) }
    }
}
