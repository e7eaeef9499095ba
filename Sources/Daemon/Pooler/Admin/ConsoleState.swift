import AdminConsole
import PoolCore
import Synchronization

/// What the console remembers of the process: whether it is paused or shutting down, and who waits for what.
final class ConsoleState: Sendable {
    /// The virtual database that the console lives in.
    static let databaseName = "pgbouncer"

    /// What a command can wait for.
    enum Wait: Hashable, Sendable {
        case pause(DatabaseID?)
        case waitClose(DatabaseID?)
        case shutdown
    }

    private struct Waiter {
        let wait: Wait
        let client: ClientID
        let worker: WorkerID
        let tag: String
    }

    private struct State {
        var pooler = PoolerState.active
        var shutdown: PoolGroup.ShutdownMode?
        var waiters: [Waiter] = []
        /// Called when everything that a shutdown waits for has come, or at once.
        var exit: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    var pooler: PoolerState {
        get { state.withLock { $0.pooler } }
        set { state.withLock { $0.pooler = newValue } }
    }

    var isShuttingDown: Bool { state.withLock { $0.shutdown != nil } }

    /// - Returns: false when a shutdown had begun before.
    func beginShutdown(_ mode: PoolGroup.ShutdownMode) -> Bool {
        state.withLock { state in
            guard state.shutdown == nil else { return false }
            state.shutdown = mode
            return true
        }
    }

    /// What ends the process.
    func onExit(_ exit: @escaping @Sendable () -> Void) { state.withLock { $0.exit = exit } }

    func exit() {
        let exit = state.withLock { $0.exit }
        exit?()
    }

    /// Answers `client` with `tag` once `wait` has come.
    func add(_ wait: Wait, _ client: ClientID, at worker: WorkerID, tag: String) {
        state.withLock { $0.waiters.append(Waiter(wait: wait, client: client, worker: worker, tag: tag)) }
    }

    func settle(_ wait: Wait, _ shared: SharedState) {
        if wait == .shutdown {
            let mode = state.withLock { $0.shutdown }
            let what = mode == .waitForServers ? "server" : "client"
            shared.log.write(.log, "\(what) connections dropped, exiting")
            return exit()
        }
        let due = state.withLock { state in
            let due = state.waiters.filter { $0.wait == wait }
            state.waiters.removeAll { $0.wait == wait }
            return due
        }
        for waiter in due {
            shared.mailboxes[Int(waiter.worker.rawValue)].post(.consoleReply(waiter.client, .done(waiter.tag)))
        }
    }

    /// The console client is gone; a PAUSE that nobody waits for any more stays in force.
    func forget(_ client: ClientID) { state.withLock { $0.waiters.removeAll { $0.client == client } } }

    /// The console client gave up (^C in psql): what it waited for is undone, as PgBouncer does.
    func interrupt(_ client: ClientID) -> Wait? {
        state.withLock { state in
            guard let index = state.waiters.firstIndex(where: { $0.client == client }) else { return nil }
            return state.waiters.remove(at: index).wait
        }
    }

    /// Finds out whether a client exists anywhere, and disconnects it.
    func findClient(_ client: ClientID, _ shared: SharedState, _ finish: @escaping @Sendable (Bool) -> Void) {
        let gathering = Gathering(workerCount: shared.mailboxes.count, wantsSockets: true) { part in
            let isFound = part.sockets.contains { $0.id == client.rawValue && !$0.state.isServer }
            if isFound { shared.postToAll(.disconnect(.one(client), reason: "admin forced disconnect")) }
            finish(isFound)
        }
        shared.postToAll(.gather(gathering))
    }
}
