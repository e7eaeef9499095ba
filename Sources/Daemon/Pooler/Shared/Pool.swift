import PGWire
import PoolCore
import RelayCore
import Synchronization

/// A pool's identity and what its servers have said.
///
/// Only ``PoolBook`` changes ``welcome``, together with what ``PoolGroup`` knows of it: the group decides when clients
/// may be told.
final class Pool: Sendable {
    let id: PoolID
    let database: Database
    /// The user that the pool's servers log in as.
    let user: User

    private struct State {
        var welcome: WelcomeParameters?
        /// The reason why the last attempt failed: the server's own error, or the pooler's.
        var failure: ConnectFailure?
    }

    struct ConnectFailure: Sendable {
        var message: String
        var error: ErrorFields?
    }

    private let state = Mutex(State())

    init(id: PoolID, database: Database, user: User) {
        self.id = id
        self.database = database
        self.user = user
    }

    /// The parameters that clients are told at log-in, from the pool's servers; `nil` until one has logged in.
    var welcome: WelcomeParameters? { state.withLock { $0.welcome } }

    /// A server has logged in.
    func serverLoggedIn(_ welcome: WelcomeParameters) {
        state.withLock { state in
            state.welcome = welcome
            state.failure = nil
        }
    }

    /// A server has reported a parameter.
    ///
    /// - Returns: what clients are told from now on, if that has changed.
    func learn(_ parameter: ParameterStatus, names: TrackedNames) -> WelcomeParameters? {
        state.withLock { state in
            state.welcome?.learn(parameter, names: names) == true ? state.welcome : nil
        }
    }

    var failure: ConnectFailure? {
        get { state.withLock { $0.failure } }
        set { state.withLock { $0.failure = newValue } }
    }
}
