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
        /// For clients; what a plain password was derived to keeps its salt, so that it is done once.
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

    /// What clients that use SCRAM are checked against; from a plain password it is derived once.
    func scramVerifier(iterations: Int) -> ScramVerifier? {
        let (secret, known) = state.withLock { ($0.secret, $0.verifier) }
        let verifier: ScramVerifier
        switch secret {
        case .scram(let secret):
            if let known { return known }
            verifier = ScramVerifier(secret)
        case .plain(let password):
            if let known, known.secret.parameters.iterations == iterations { return known }
            var random = SystemRandomNumberGenerator()
            // Outside the lock: this takes milliseconds.
            let keys = ScramKeys.derive(
                password: password.bytes, parameters: ScramParameters(iterations: iterations, using: &random))
            verifier = ScramVerifier(ScramSecret(keys: keys))
        case .md5, nil: return nil
        }
        return state.withLock { state in
            // A reload was quicker: the next client learns of it.
            guard state.secret == secret else { return verifier }
            // Another worker was.
            if let other = state.verifier, other.secret.parameters.iterations == iterations { return other }
            state.verifier = verifier
            return verifier
        }
    }

    /// The keys for logging in to a server that sent `parameters`.
    func keys(password: [UInt8], parameters: ScramParameters) -> ScramKeys {
        let known = state.withLock { $0.derivedKeys }
        if let known, known.password == password, known.keys.parameters == parameters { return known.keys }
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
