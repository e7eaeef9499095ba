import MonotonicTime

/// Moving servers between the lists that are their states. Nothing is decided here.
///
/// Invariants: a server is in the list, or the count, of its place; an idle one also in `idleByWorker`; an idle or used
/// one also in `free` of its database and its user, and in `overdue` if it is expired; one that is not expired is in
/// `young`, in the order of launch.
extension PoolGroup {
    mutating func move(_ server: Int32, to place: Place, at now: Instant) {
        leavePlace(server)
        servers[server].since = now
        enter(server, place)
    }

    /// An idle server that needs a check before it is used again; it keeps its age.
    mutating func markUsed(_ server: Int32) {
        let (pool, home) = (servers[server].pool, servers[server].home)
        placeLinks.remove(server, from: &pools[pool].idle)
        workerLinks.remove(server, from: &idleByWorker[workerList(pool, home)])
        placeLinks.prepend(server, to: &pools[pool].used)
        servers[server].place = .used
    }

    @inline(__always)
    func workerList(_ pool: Int32, _ worker: UInt16) -> Int {
        Int(pool) * workerCount + min(Int(worker), workerCount - 1)
    }

    mutating func enter(_ server: Int32, _ place: Place) {
        let pool = servers[server].pool
        servers[server].place = place
        switch place {
        case .gone: break
        case .login: placeLinks.append(server, to: &pools[pool].login)
        case .idle:
            placeLinks.prepend(server, to: &pools[pool].idle)
            workerLinks.prepend(server, to: &idleByWorker[workerList(pool, servers[server].home)])
            enterFree(server)
        case .used:
            placeLinks.prepend(server, to: &pools[pool].used)
            enterFree(server)
        case .tested: placeLinks.append(server, to: &pools[pool].tested)
        case .active: pools[pool].active &+= 1
        case .beingCanceled: pools[pool].beingCanceled &+= 1
        case .closing:
            pools[pool].closing += 1
            databases[servers[server].database].shared.closing += 1
            users[servers[server].user].shared.closing += 1
        }
        if servers[server].isDirty && place.isConnected { pools[pool].dirtyConnected += 1 }
    }

    mutating func leavePlace(_ server: Int32) {
        let (pool, place) = (servers[server].pool, servers[server].place)
        switch place {
        case .gone: break
        case .login: placeLinks.remove(server, from: &pools[pool].login)
        case .idle:
            placeLinks.remove(server, from: &pools[pool].idle)
            workerLinks.remove(server, from: &idleByWorker[workerList(pool, servers[server].home)])
            leaveFree(server)
        case .used:
            placeLinks.remove(server, from: &pools[pool].used)
            leaveFree(server)
        case .tested: placeLinks.remove(server, from: &pools[pool].tested)
        case .active: pools[pool].active &-= 1
        case .beingCanceled: pools[pool].beingCanceled &-= 1
        case .closing:
            pools[pool].closing -= 1
            databases[servers[server].database].shared.closing -= 1
            users[servers[server].user].shared.closing -= 1
        }
        if servers[server].isDirty && place.isConnected { pools[pool].dirtyConnected -= 1 }
    }

    private mutating func enterFree(_ server: Int32) {
        databaseLinks.prepend(server, to: &databases[servers[server].database].shared.free)
        userLinks.prepend(server, to: &users[servers[server].user].shared.free)
        if servers[server].isExpired { ageLinks.append(server, to: &pools[servers[server].pool].overdue) }
    }

    private mutating func leaveFree(_ server: Int32) {
        databaseLinks.remove(server, from: &databases[servers[server].database].shared.free)
        userLinks.remove(server, from: &users[servers[server].user].shared.free)
        if servers[server].isExpired { ageLinks.remove(server, from: &pools[servers[server].pool].overdue) }
    }

    /// Takes a server out of every list and count, and its slot out of use.
    mutating func removeRecord(ofServer server: Int32) {
        leavePlace(server)
        let record = servers[server]
        if !record.isExpired { ageLinks.remove(server, from: &pools[record.pool].young) }
        databases[record.database].shared.servers -= 1
        users[record.user].shared.servers -= 1
        serverCount -= 1
        if record.isDirty {
            databases[record.database].dirty -= 1
            dirtyCount -= 1
        }
        servers[server].place = .gone
        servers.remove(server)
    }
}
