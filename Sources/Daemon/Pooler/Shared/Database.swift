import PoolCore
import PoolerConfig
import Synchronization

/// A database that clients can ask for: its place in the pools and its line of the configuration.
final class Database: Sendable {
    let id: DatabaseID
    let name: String

    private struct State {
        var entry: DatabaseEntry
        /// The host that the next connection goes to.
        var nextHost = 0
    }

    private let state: Mutex<State>

    init(id: DatabaseID, entry: DatabaseEntry) {
        self.id = id
        name = entry.name
        state = Mutex(State(entry: entry))
    }

    var entry: DatabaseEntry {
        get { state.withLock { $0.entry } }
        set { state.withLock { $0.entry = newValue } }
    }

    // Each by itself, because a copy of the entry retains all that is in it.
    var forcedUser: String? { state.withLock { $0.entry.user } }
    var poolMode: PoolMode? { state.withLock { $0.entry.poolMode } }

    /// The host for the next connection, and the turn of the one after it.
    ///
    /// - Parameter afterFailure: the last attempt failed, which moves `load_balance_hosts = disable` on.
    func chooseHost(afterFailure: Bool) -> Host? {
        state.withLock { state in
            let hosts = state.entry.host
            guard !hosts.isEmpty else { return nil }
            switch state.entry.loadBalanceHosts {
            case .roundRobin:
                defer { state.nextHost = (state.nextHost + 1) % hosts.count }
                return hosts[state.nextHost % hosts.count]
            case .disable:
                if afterFailure { state.nextHost = (state.nextHost + 1) % hosts.count }
                return hosts[state.nextHost % hosts.count]
            }
        }
    }
}
