import HeapModule
package import MonotonicTime

/// Decides which client gets which server, and when to open or close one: all pools of the process in one value.
///
/// A pure value: no socket, clock, task or lock. Events and the present time go in, actions come out; equal inputs
/// give equal outputs on every machine, so a failure replays from its event log.
///
/// Every server is in exactly one place (``Place``), and each place is an intrusive list over the slots of a table, so
/// that no event costs more because there are more clients, servers or pools. Console commands may look at all pools.
///
/// Each file says which invariant it keeps; ``brokenInvariants`` checks all of them.
package struct PoolGroup: Sendable {
    /// `max_client_conn`; default 100.
    package var maxClientConnections = 100

    let workerCount: Int
    private var nextID: UInt64
    /// The worker whose turn it is to open a server that is not for one client in particular.
    private var nextWorker: UInt16 = 0

    // Tables, and after each the links of the lists that its records are in.
    var pools = RecordTable<PoolRecord>()
    var databases = RecordTable<DatabaseRecord>()
    var users = RecordTable<UserRecord>()
    var servers = RecordTable<ServerRecord>()
    /// Places: `login`, `idle`, `used`, `tested`.
    var placeLinks = LinkTable()
    /// Idle servers per pool and worker; see `idleByWorker`.
    var workerLinks = LinkTable()
    /// `free` of a database and of a user.
    var databaseLinks = LinkTable()
    var userLinks = LinkTable()
    /// `young` and `overdue`.
    var ageLinks = LinkTable()
    var waiters = RecordTable<WaiterRecord>()
    var waiterLinks = LinkTable()
    var cancels = RecordTable<CancelRecord>()
    /// The pool's `queuedCancels` and `connectingCancels`.
    var cancelLinks = LinkTable()
    /// The server's `unsentCancels`.
    var targetLinks = LinkTable()

    /// Idle servers (not the used ones) by home: `pool * workerCount + worker`.
    var idleByWorker: ContiguousArray<IndexList> = []
    /// Clients that wait for a server, by the same numbers; only with several workers.
    var waitersByWorker: ContiguousArray<IndexList> = []
    var waiterWorkerLinks = LinkTable()

    /// The slot of the waiting client, by its worker and its slot there; -1 where none waits.
    var waiterByClient: ContiguousArray<ContiguousArray<Int32>> = []

    // Only for finding things; never iterated.
    var cancelByID: [UInt64: Int32] = [:]
    var poolByKey: [UInt64: Int32] = [:]

    /// At most one entry per pool is valid: the one whose time is the pool's `armed`.
    var alarms = Heap<Alarm>() {
        didSet { updateDeadline() }
    }
    /// Auto-databases that nothing uses, the longest idle first.
    var idleDatabases = IndexList()
    var idleDatabaseLinks = LinkTable()
    /// When the first of them is to be removed.
    var databaseDeadline = Instant.never {
        didSet { updateDeadline() }
    }
    /// `autodb_idle_timeout` in nanoseconds, or ``PoolDelays/never``.
    var databaseIdleDelay = PoolDelays.never
    /// When `timePassed` is due, or `nil` if only an event can change anything.
    ///
    /// It may turn out that nothing is due; in any case it is later after `timePassed`.
    package private(set) var nextDeadline: Instant?

    /// The latest generation: tells a record from earlier ones in the same slot.
    var lastGeneration: UInt32 = 0
    var admittedClients = 0
    var serverCount = 0
    /// Servers marked for closing and not lost yet.
    var dirtyCount = 0
    /// `PAUSE` or `SUSPEND` of everything; a database's own pause is in its record.
    package internal(set) var pauseMode = PauseMode.active
    /// The console that suspended the pooler.
    var suspender: ClientID?
    /// `PAUSE` is not answered yet.
    var pausePending = false
    /// `WAIT_CLOSE` is not answered yet.
    var waitClosePending = false
    /// The shutdown that is under way.
    package internal(set) var shutdownMode: ShutdownMode?
    /// What the shutdown waits for has not come yet.
    var shutdownPending = false

    /// A group for `workerCount` workers, numbered from zero. The first number given out is `firstID`.
    package init(workerCount: Int, firstID: UInt64 = 1) {
        self.workerCount = max(1, workerCount)
        nextID = firstID
    }

    /// The next number of the counter that clients and servers share.
    package mutating func makeID() -> UInt64 {
        defer { nextID &+= 1 }
        return nextID
    }

    mutating func takeTurn() -> UInt16 {
        defer { nextWorker = (nextWorker &+ 1) % UInt16(workerCount) }
        return nextWorker
    }

    /// Records what happened and decides every consequence.
    ///
    /// Appends to `actions`, in the order they must be performed. The driver owns that array and reuses it.
    package mutating func handle(_ event: Event, at now: Instant, into actions: inout [Action]) {
        switch event {
        case .clientWaits(let client, let pool, let worker, let purpose, let since, let atFront):
            clientWaits(
                WaiterRecord(
                    client: client, pool: pool.index, worker: worker.rawValue, purpose: purpose, since: since),
                in: pool, atFront: atFront, at: now, into: &actions)
        case .clientLeft(let client): clientLeft(client, at: now, into: &actions)
        case .clientJoined(_, let pool): clientJoined(pool, at: now, into: &actions)
        case .clientParted(_, let pool): clientParted(pool, at: now, into: &actions)

        case .serverReleased(let server): released(server, needsReset: false, at: now, into: &actions)
        case .serverNeedsReset(let server): released(server, needsReset: true, at: now, into: &actions)
        case .serverReady(let server): serverReady(server, at: now, into: &actions)
        case .serverLoggedIn(let server): serverLoggedIn(server, at: now, into: &actions)
        case .connectFailed(let server, let failure): serverGone(server, failure: failure, at: now, into: &actions)
        case .serverLost(let server): serverGone(server, failure: .network, at: now, into: &actions)
        case .serverObsolete(let server): serverObsolete(server, at: now, into: &actions)

        case .cancelRequested(let cancel, let target, let worker):
            cancelRequested(cancel, target: target, worker: worker, at: now, into: &actions)
        case .cancelConnected(let cancel): cancelConnected(cancel, into: &actions)
        case .cancelFinished(let cancel): cancelFinished(cancel, at: now, into: &actions)

        case .timePassed: timePassed(at: now, into: &actions)

        case .pause(let database): pause(database, at: now, into: &actions)
        case .suspend(let console): suspend(by: console, at: now, into: &actions)
        case .resume(let database): resume(database, at: now, into: &actions)
        case .consoleClosed(let console): consoleClosed(console, at: now, into: &actions)
        case .reconnect(let database): reconnect(database, at: now, into: &actions)
        case .waitClose(let database): waitClose(database, into: &actions)
        case .kill(let database): kill(database, at: now, into: &actions)
        case .disable(let database): setDisabled(true, database, at: now, into: &actions)
        case .enable(let database): setDisabled(false, database, at: now, into: &actions)
        case .shutDown(let mode): shutDown(mode, at: now, into: &actions)
        }
    }

    private mutating func updateDeadline() {
        let due = min(alarms.min?.at ?? .never, databaseDeadline)
        nextDeadline = due == .never ? nil : due
    }

    // MARK: Names to slots

    // What every transaction asks is always inlined, here and in the other files: a call would lend the group, and the
    // compiler lends a struct of this size by moving all of it in memory.

    @inline(__always)
    func slot(_ id: ServerID) -> Int32? {
        guard servers.contains(slot: id.slot) else { return nil }
        let server = servers[id.slot]
        return server.id == id.rawValue && server.place != .gone ? id.slot : nil
    }

    @inline(__always)
    func slot(_ id: PoolID) -> Int32? {
        guard pools.contains(slot: id.index) else { return nil }
        return pools[id.index].isAlive && pools[id.index].generation == id.generation ? id.index : nil
    }

    func slot(_ id: DatabaseID) -> Int32? {
        guard databases.contains(slot: id.index) else { return nil }
        return databases[id.index].isAlive && databases[id.index].generation == id.generation ? id.index : nil
    }

    func slot(_ id: UserID) -> Int32? {
        guard users.contains(slot: id.index) else { return nil }
        return users[id.index].isAlive && users[id.index].generation == id.generation ? id.index : nil
    }

    func id(ofServer slot: Int32) -> ServerID { ServerID(rawValue: servers[slot].id, slot: slot) }
    func id(ofPool slot: Int32) -> PoolID { PoolID(index: slot, generation: pools[slot].generation) }
    func id(ofDatabase slot: Int32) -> DatabaseID {
        DatabaseID(index: slot, generation: databases[slot].generation)
    }
    func id(ofUser slot: Int32) -> UserID { UserID(index: slot, generation: users[slot].generation) }
    func home(of server: Int32) -> WorkerID { WorkerID(rawValue: servers[server].home) }
}
