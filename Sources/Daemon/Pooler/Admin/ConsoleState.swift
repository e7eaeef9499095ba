import AdminConsole
import PoolCore
import Synchronization

/// What consoles wait for, and what ends the process. Whether the pooler is paused or shutting down, the pools know.
final class ConsoleState: Sendable {
    /// The virtual database that the console lives in.
    static let databaseName = "pgbouncer"

    /// What a command can wait for.
    enum Wait: Hashable, Sendable {
        case pause(DatabaseID?)
        case waitClose(DatabaseID?)
    }

    private struct Waiter {
        let wait: Wait
        let client: ClientID
        let worker: WorkerID
        let tag: String
    }

    private struct State {
        var waiters: [Waiter] = []
        /// Called when everything that a shutdown waits for has come, or at once.
        var exit: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

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

    /// Answers every console that waits for this: with its command's tag, or with `error`.
    func finish(_ wait: Wait, with error: AdminError? = nil, _ shared: SharedState) {
        let due = state.withLock { state in
            let due = state.waiters.filter { $0.wait == wait }
            state.waiters.removeAll { $0.wait == wait }
            return due
        }
        for waiter in due {
            let reply = error.map { AdminReply.error($0) } ?? .done(waiter.tag)
            shared.mailboxes[Int(waiter.worker.rawValue)].post(.consoleReply(waiter.client, reply))
        }
    }

    /// The console client is gone; its PAUSE stays in force.
    func removeWaits(of client: ClientID) { state.withLock { $0.waiters.removeAll { $0.client == client } } }

    /// The console client has interrupted its command (^C in psql).
    ///
    /// - Returns: what it waited for, to be undone.
    func interrupt(_ client: ClientID) -> Wait? {
        state.withLock { state in
            guard let index = state.waiters.firstIndex(where: { $0.client == client }) else { return nil }
            return state.waiters.remove(at: index).wait
        }
    }

    /// Finds out whether a client exists anywhere, and disconnects it.
    func findClient(_ client: ClientID, _ shared: SharedState, _ finish: @escaping @Sendable (Bool) -> Void) {
        let gathering = Gathering(workerCount: shared.mailboxes.count, wantsConnections: true) { snapshot in
            let isFound = snapshot.connections.contains { $0.number == client.rawValue && !$0.state.isServer }
            if isFound { shared.postToAll(.disconnect(.one(client), reason: "admin forced disconnect")) }
            finish(isFound)
        }
        shared.postToAll(.gather(gathering))
    }
}
