import PGAuth
import PGWire
import PoolCore
import PoolerConfig
import RelayCore
import Synchronization

/// A database that clients can ask for: its place in the pools and its line of the configuration.
final class DatabaseRecord: Sendable {
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

/// A user known from a file, with the secrets seen so far.
final class UserRecord: Sendable {
    let id: UserID
    let name: String

    private struct State {
        var secret: StoredSecret?
        /// The keys a client proved it has: enough to log in to a server with the same salt (SCRAM pass-through).
        var provenKeys: ScramKeys?
        /// The salt that clients are told where the secret is plain; it stays, so that a password is hashed once.
        var parameters: ScramParameters?
        /// For clients that use SCRAM.
        var verifier: ScramVerifier?
        /// The last derivation for a server, with the password it belongs to.
        var derivedKeys: (password: [UInt8], keys: ScramKeys)?
    }

    private let state: Mutex<State>

    init(id: UserID, name: String, secret: StoredSecret?) {
        self.id = id
        self.name = name
        state = Mutex(State(secret: secret))
    }

    /// `nil` for a user that has no line in `auth_file`.
    var secret: StoredSecret? { state.withLock { $0.secret } }

    /// Takes over what a reload found; keys that belong to another secret are forgotten.
    func update(secret: StoredSecret?) {
        state.withLock { state in
            guard secret != state.secret else { return }
            state = State(secret: secret)
        }
    }

    var provenKeys: ScramKeys? {
        get { state.withLock { $0.provenKeys } }
        set { state.withLock { $0.provenKeys = newValue } }
    }

    /// What a client's log-in needs to know of its user.
    struct LoginFacts {
        var secret: StoredSecret?
        /// Of a SCRAM secret, or of a plain one that has been hashed.
        var verifier: ScramVerifier?
        /// What a plain secret is hashed with.
        var parameters: ScramParameters
    }

    /// - Parameter iterations: `scram_iterations`
    func loginFacts(iterations: Int) -> LoginFacts {
        state.withLock { state in
            if case .scram(let secret) = state.secret, state.verifier == nil { state.verifier = ScramVerifier(secret) }
            let parameters: ScramParameters
            if let known = state.parameters, known.iterations == iterations {
                parameters = known
            } else {
                var random = SystemRandomNumberGenerator()
                parameters = ScramParameters(iterations: iterations, using: &random)
                state.parameters = parameters
            }
            return LoginFacts(secret: state.secret, verifier: state.verifier, parameters: parameters)
        }
    }

    /// The verifier of a plain secret. It is kept, if the secret is still the same at the end.
    ///
    /// Slow: not for a worker's thread.
    func verifier(password: [UInt8], parameters: ScramParameters) -> ScramVerifier {
        let known = state.withLock { $0.verifier }
        if let known, known.secret.parameters == parameters { return known }
        let verifier = ScramVerifier(ScramSecret(password: password, parameters: parameters))
        state.withLock { state in
            if case .plain(let own) = state.secret, own.bytes == password { state.verifier = verifier }
        }
        return verifier
    }

    /// The keys for logging in to a server that sent `parameters`, if they are known.
    func knownKeys(password: [UInt8], parameters: ScramParameters) -> ScramKeys? {
        let known = state.withLock { $0.derivedKeys }
        guard let known, known.password == password, known.keys.parameters == parameters else { return nil }
        return known.keys
    }

    /// The keys for logging in to a server that sent `parameters`.
    ///
    /// Slow unless they are known: not for a worker's thread.
    func keys(password: [UInt8], parameters: ScramParameters) -> ScramKeys {
        if let known = knownKeys(password: password, parameters: parameters) { return known }
        let keys = ScramKeys.derive(password: password, parameters: parameters)
        state.withLock { $0.derivedKeys = (password, keys) }
        return keys
    }
}

/// A pool's identity and what its servers have told about themselves.
final class PoolRecord: Sendable {
    let id: PoolID
    let database: DatabaseRecord
    /// The user the pool's servers log in as.
    let user: UserRecord

    /// What a client is told at log-in, learned from the pool's latest server.
    struct Welcome: Sendable {
        /// ParameterStatus messages of the parameters that are not tracked.
        var fixed: [UInt8]
        var tracked: TrackedParameters
    }

    private struct State {
        var welcome: Welcome?
        /// What the last failed attempt said: the server's own error, or a reason of ours.
        var failure: ConnectFailure?
    }

    struct ConnectFailure: Sendable {
        var message: String
        var error: ErrorFields?
    }

    private let state = Mutex(State())

    init(id: PoolID, database: DatabaseRecord, user: UserRecord) {
        self.id = id
        self.database = database
        self.user = user
    }

    var welcome: Welcome? {
        get { state.withLock { $0.welcome } }
        set {
            state.withLock { state in
                state.welcome = newValue
                state.failure = nil
            }
        }
    }

    var failure: ConnectFailure? {
        get { state.withLock { $0.failure } }
        set { state.withLock { $0.failure = newValue } }
    }
}
