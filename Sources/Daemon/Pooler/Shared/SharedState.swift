import AdminConsole
import IOEngine
import MonotonicTime
import PoolCore
import PoolerStats
import RelayCore
import Synchronization

/// What all workers share. Everything else belongs to one worker and is touched by no other.
///
/// The lock around ``book`` is held for one decision of the pools, never for I/O and never per message: a transaction
/// takes it twice, once to get a server and once to give it back.
final class SharedState: Sendable {
    let log: Log
    let resolver: Resolver
    let hashers: HelperThreads
    /// Put the console's long answers together.
    let reporters: HelperThreads
    let mailboxes: [Mailbox]
    let loads: [WorkerLoad]
    let cancelKeys = CancelKeys()
    /// The texts of named prepared statements; asked for each Parse of one.
    let statements = Mutex(StatementRegistry())
    /// Names that are passed on unseen, until two clients have used one.
    let sharedNames = Mutex(SharedNames())
    let listeners = ListenerTable()
    let console = ConsoleState()
    let statistics: Mutex<StatsBook>
    /// What answers to unknown users are derived from, so that they look like known ones.
    let processSecret: [UInt8]

    /// Held while the configuration changes, so that two consoles do not undo each other's SET.
    let reconfiguration = Mutex(())

    private let book: Mutex<PoolBook>
    private let liveConfiguration: Mutex<LiveConfiguration>
    /// When the pools want to be told the time: nanoseconds of an ``Instant``, `Int64.max` for never.
    private let poolDeadline = Atomic<Int64>(.max)

    /// - Parameter helperCount: threads that hash passwords; 0 to do that, and the console's answers, on the thread
    ///   that asks.
    init(workerCount: Int, helperCount: Int = 2, live: LiveConfiguration, log: Log) {
        self.log = log
        resolver = Resolver()
        hashers = HelperThreads("weir-hash", threadCount: helperCount)
        reporters = HelperThreads("weir-report", threadCount: min(1, helperCount))
        mailboxes = (0..<workerCount).map { _ in Mailbox() }
        loads = (0..<workerCount).map { _ in WorkerLoad() }
        statistics = Mutex(StatsBook(openedAt: .now()))
        var random = SystemRandomNumberGenerator()
        processSecret = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        book = Mutex(PoolBook(workerCount: workerCount))
        liveConfiguration = Mutex(live)
        resolver.watch(
            with: Resolver.Watcher(
                isOpen: { [weak self] server in self?.read { $0.group.state(of: server) != nil } ?? false },
                addressLeft: { [weak self] server, host in self?.addressLeft(server, host) }))
    }

    /// The host name that the server was opened by no longer stands for its address.
    private func addressLeft(_ server: ServerID, _ host: String) {
        let number = String(server.rawValue, radix: 16)
        log.write(.log, "S-0x\(number): its address is not among those of \(host) any more, will be closed when free")
        decide(.serverObsolete(server))
        postToAll(.serversMarked)
    }

    var live: LiveConfiguration {
        get { liveConfiguration.withLock { $0 } }
        set { liveConfiguration.withLock { $0 = newValue } }
    }

    var nextPoolDeadline: Instant? {
        let nanoseconds = poolDeadline.load(ordering: .relaxed)
        return nanoseconds == .max ? nil : Instant(nanoseconds: nanoseconds)
    }

    /// Tells the pools a fact; what they decide is appended to `actions`.
    func handle(_ event: PoolGroup.Event, at now: Instant, into actions: inout [PoolGroup.Action]) {
        book.withLock { book in
            book.group.handle(event, at: now, into: &actions)
            poolDeadline.store(book.group.nextDeadline?.nanoseconds ?? .max, ordering: .relaxed)
        }
    }

    /// Runs `body` on the pools; what they decide is appended to `actions`.
    func withBook<Result>(
        into actions: inout [PoolGroup.Action], _ body: (inout PoolBook, inout [PoolGroup.Action]) -> Result
    ) -> Result {
        book.withLock { book in
            let result = body(&book, &actions)
            poolDeadline.store(book.group.nextDeadline?.nanoseconds ?? .max, ordering: .relaxed)
            return result
        }
    }

    /// Tells the pools a fact from outside any worker.
    func decide(_ event: PoolGroup.Event, at now: Instant = .now()) {
        decide(at: now) { book, actions in book.group.handle(event, at: now, into: &actions) }
    }

    /// Changes the pools from outside any worker.
    func decide(at now: Instant, _ body: (inout PoolBook, inout [PoolGroup.Action]) -> Void) {
        var actions: [PoolGroup.Action] = []
        withBook(into: &actions) { book, actions in body(&book, &actions) }
        for action in actions { route(action) }
        // A worker must notice a deadline that has moved closer.
        mailboxes[0].wake()
    }

    /// Looks something up in the pools.
    func read<Result>(_ body: (borrowing PoolBook) -> Result) -> Result { book.withLock { body($0) } }

    /// Sends an action to the worker that must carry it out; carries out itself what is no worker's.
    func route(_ action: PoolGroup.Action) {
        if let performer = action.performer {
            mailboxes[Int(performer.rawValue)].post(.perform(action))
        } else {
            carryOut(action)
        }
    }

    /// Actions that no worker performs: what a console waits for has come, or a name is out of use.
    private func carryOut(_ action: PoolGroup.Action) {
        switch action {
        case .pauseDone(let database): console.finish(.pause(database), self)
        case .pauseEnded(let database): console.finish(.pause(database), with: .pauseEnded, self)
        case .waitCloseDone(let database): console.finish(.waitClose(database), self)
        case .shutdownDone: endShutdown()
        case .poolRemoved(let id):
            let removed = book.withLock { book in book.removePool(id).map { ($0, book.group.contains($0.database.id)) }
            }
            guard let (pool, isIdlePool) = removed, isIdlePool else { return }
            log.write(.log, "cleaning up idle pool: \(pool.database.name)/\(pool.user.name)")
        case .databaseRemoved(let id):
            guard let database = book.withLock({ $0.removeDatabase(id) }) else { return }
            log.write(
                .warning,
                "dropping database '\(database.name)' as it does not exist anymore or inactive auto-database")
        case .userRemoved(let id): book.withLock { $0.removeUser(id) }
        default: break
        }
    }

    private func endShutdown() {
        let what = shutdownMode == .waitForServers ? "server" : "client"
        log.write(.log, "\(what) connections dropped, exiting")
        console.exit()
    }

    /// Whether the pooler as a whole is paused; the pools know.
    var poolerState: PoolerState {
        switch read({ $0.group.pauseMode }) {
        case .active: .active
        case .paused: .paused
        case .suspended: .suspended
        }
    }

    /// The shutdown that is under way.
    var shutdownMode: PoolGroup.ShutdownMode? { read { $0.group.shutdownMode } }

    /// The connection of a console is closed.
    func consoleClosed(_ client: ClientID) {
        console.removeWaits(of: client)
        guard read({ $0.group.isSuspended(by: client) }) else { return }
        log.write(.log, "admin disappeared when suspended, doing RESUME")
        decide(.consoleClosed(client))
    }

    func postToAll(_ mail: Mail) {
        for mailbox in mailboxes { mailbox.post(mail) }
    }
}

/// How many clients a worker has; new ones go to the worker with the fewest.
final class WorkerLoad: Sendable {
    let clients = Atomic<Int>(0)
}

extension PoolGroup.Action {
    /// The worker that must carry the action out; a link begins where the server is.
    var performer: WorkerID? {
        switch self {
        case .connect(_, _, let worker, _), .welcome(_, let worker), .reject(_, let worker, _),
            .notifyQueued(_, let worker), .check(_, let worker), .reset(_, let worker), .close(_, let worker, _),
            .openCancel(_, _, let worker), .sendCancel(_, _, let worker), .rejectCancel(_, let worker, _):
            worker
        case .link(_, _, _, let home): home
        case .pauseDone, .pauseEnded, .waitCloseDone, .shutdownDone, .poolRemoved, .databaseRemoved, .userRemoved: nil
        }
    }
}
