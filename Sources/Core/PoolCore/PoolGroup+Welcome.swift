import MonotonicTime

/// The parameters that clients are told at log-in: whether the driver has them, and whether they can still be right.
///
/// The driver keeps the values and the group decides when they may be told. They come from a server that has logged in;
/// once all servers of the pool are marked for closing, the next client waits for a new server, as the first one did.
///
/// Invariant: no client is in `welcomes` while the parameters are known and nothing is under way that confirms them.
extension PoolGroup {
    /// How long a standby is trusted to be one still, if no query runs on it. (PostgreSQL reports a promotion with the
    /// answer to the next query, and a client that wants a primary leaves without one.)
    static var standbyTrust: Int64 { 1_000_000_000 }

    /// Whether the server says that it is a standby. For the driver, before `serverLoggedIn` and when it changes.
    package mutating func setStandby(_ isStandby: Bool, of pool: PoolID) {
        guard let pool = slot(pool) else { return }
        pools[pool].isStandby = isStandby
    }

    /// What the server reports holds for the pool: it is logged in and not marked for closing.
    package func isRepresentative(_ server: ServerID) -> Bool {
        guard let slot = slot(server) else { return false }
        return servers[slot].place.isConnected && !servers[slot].isDirty
    }

    /// The server is logging in and has not been told to close.
    package func isLoggingIn(_ server: ServerID) -> Bool { slot(server).map { servers[$0].place == .login } ?? false }

    /// A client that logs in now may be told the parameters that are known.
    func isWelcomeCurrent(_ pool: Int32, at now: Instant) -> Bool {
        guard pools[pool].welcomeReady else { return false }
        return !needsConfirmation(pool, at: now) || !canConfirm(pool, at: now)
    }

    private func needsConfirmation(_ pool: Int32, at now: Instant) -> Bool {
        if pools[pool].isWelcomeDoubtful { return true }
        // Servers in use report a promotion by themselves.
        return pools[pool].isStandby && pools[pool].active == 0
            && pools[pool].lastReport.after(Self.standbyTrust) <= now
    }

    /// A server can be checked or opened without waiting for another client. If not, the client is told what is known.
    private func canConfirm(_ pool: Int32, at now: Instant) -> Bool {
        guard !isPaused(pool: pool), !pools[pool].connectFailed else { return false }
        if !pools[pool].tested.isEmpty || !pools[pool].login.isEmpty { return true }
        if freeServer(pool) >= 0, pools[pool].delays.canCheck { return true }
        guard pools[pool].limits.size == 0 || pools[pool].servers < pools[pool].limits.size else { return false }
        return !self[.database(pools[pool].database)].isFull && !self[.user(pools[pool].user)].isFull
    }

    private func freeServer(_ pool: Int32) -> Int32 {
        pools[pool].idle.first >= 0 ? pools[pool].idle.first : pools[pool].used.first
    }

    /// Checks a free server, if that is what the clients in `welcomes` wait for; a server is opened by `serve`.
    mutating func startConfirming(_ pool: Int32, at now: Instant, into actions: inout [Action]) {
        guard pools[pool].welcomeReady, pools[pool].tested.isEmpty, pools[pool].login.isEmpty,
            !isPaused(pool: pool), pools[pool].delays.canCheck, case let server = freeServer(pool), server >= 0
        else { return }
        move(server, to: .tested, at: now)
        actions.append(.check(id(ofServer: server), worker: home(of: server)))
    }

    /// A server has had the occasion to report changes.
    mutating func confirmWelcome(_ pool: Int32, at now: Instant, into actions: inout [Action]) {
        pools[pool].lastReport = now
        pools[pool].isWelcomeDoubtful = false
        if !pools[pool].welcomes.isEmpty, pools[pool].welcomeReady { welcomeAll(pool, into: &actions) }
    }

    mutating func welcomeAll(_ pool: Int32, into actions: inout [Action]) {
        while case let slot = pools[pool].welcomes.first, slot >= 0 {
            let waiter = waiters[slot]
            dequeue(slot)
            actions.append(.welcome(waiter.client, worker: WorkerID(rawValue: waiter.worker)))
        }
    }
}
