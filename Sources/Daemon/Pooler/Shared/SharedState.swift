import AdminConsole
import IOEngine
import MonotonicTime
import PoolCore
import PoolerStats
import Synchronization

/// What all workers share. Everything else belongs to one worker and is touched by no other.
///
/// The lock around ``book`` is held for one decision of the pools, never for I/O and never per message: a transaction
/// takes it twice, once to get a server and once to give it back.
final class SharedState: Sendable {
    let log: Log
    let resolver: Resolver
    let hashers: PasswordHashers
    let mailboxes: [Mailbox]
    let loads: [WorkerLoad]
    let cancelKeys = CancelKeys()
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

    /// - Parameter hasherCount: threads that hash passwords; 0 to hash on the thread that asks.
    init(workerCount: Int, hasherCount: Int = 2, live: LiveConfiguration, log: Log) {
        self.log = log
        resolver = Resolver()
        hashers = PasswordHashers(threadCount: hasherCount)
        mailboxes = (0..<workerCount).map { _ in Mailbox() }
        loads = (0..<workerCount).map { _ in WorkerLoad() }
        statistics = Mutex(StatsBook(openedAt: .now()))
        var random = SystemRandomNumberGenerator()
        processSecret = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        book = Mutex(PoolBook(workerCount: workerCount))
        liveConfiguration = Mutex(live)
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
    func decide(_ event: PoolGroup.Event) {
        decide { book, now, actions in book.group.handle(event, at: now, into: &actions) }
    }

    /// Changes the pools from outside any worker.
    func decide(_ body: (inout PoolBook, Instant, inout [PoolGroup.Action]) -> Void) {
        var actions: [PoolGroup.Action] = []
        let now = Instant.now()
        withBook(into: &actions) { book, actions in body(&book, now, &actions) }
        for action in actions { route(action) }
        // A deadline that has moved closer must be noticed by somebody.
        mailboxes[0].wake()
    }

    /// Looks something up in the pools.
    func read<Result>(_ body: (borrowing PoolBook) -> Result) -> Result { book.withLock { body($0) } }

    /// Hands an action to the worker that must carry it out, or settles it if nobody must.
    func route(_ action: PoolGroup.Action) {
        if let performer = action.performer {
            mailboxes[Int(performer.rawValue)].post(.perform(action))
        } else {
            settle(action)
        }
    }

    /// Actions that no worker performs: something a console waits for has come, or a name is free again.
    private func settle(_ action: PoolGroup.Action) {
        switch action {
        case .pauseSettled(let database): console.settle(.pause(database), self)
        case .waitCloseSettled(let database): console.settle(.waitClose(database), self)
        case .shutdownSettled: console.settle(.shutdown, self)
        case .poolRemoved(let id):
            if let record = book.withLock({ $0.forget(id) }) {
                log.write(.log, "cleaning up idle pool: \(record.database.name)/\(record.user.name)")
            }
        case .databaseRemoved(let id): book.withLock { $0.forget(id) }
        default: break
        }
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
        case .pauseSettled, .waitCloseSettled, .shutdownSettled, .poolRemoved, .databaseRemoved: nil
        }
    }
}
