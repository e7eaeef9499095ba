import PGAuth
import PoolCore
import Synchronization

/// A user known from a file, with the secrets seen so far.
final class User: Sendable {
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
