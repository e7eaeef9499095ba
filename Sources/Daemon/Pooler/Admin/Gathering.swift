import AdminConsole
import PoolCore
import PoolerStats
import Synchronization

/// Collects from every worker what only it knows: its connections and its counters.
///
/// Workers contribute between two turns, so each part is consistent; the last one to contribute finishes.
final class Gathering: Sendable {
    struct Part: Sendable {
        var sockets: [SocketRow] = []
        var stats: [DatabaseID: PoolStats] = [:]
        var consoleStats = PoolStats()
        var loggingIn = 0
    }

    let wantsSockets: Bool
    private let state: Mutex<(missing: Int, sum: Part)>
    private let finish: @Sendable (Part) -> Void

    /// - Parameter finish: called once, on the thread of the last worker.
    init(workerCount: Int, wantsSockets: Bool, finish: @escaping @Sendable (Part) -> Void) {
        self.wantsSockets = wantsSockets
        self.finish = finish
        state = Mutex((workerCount, Part()))
    }

    func add(_ part: Part) {
        let whole = state.withLock { state -> Part? in
            state.sum.sockets += part.sockets
            for (database, stats) in part.stats { state.sum.stats[database, default: PoolStats()] += stats }
            state.sum.consoleStats += part.consoleStats
            state.sum.loggingIn += part.loggingIn
            state.missing -= 1
            return state.missing == 0 ? state.sum : nil
        }
        if let whole { finish(whole) }
    }
}
