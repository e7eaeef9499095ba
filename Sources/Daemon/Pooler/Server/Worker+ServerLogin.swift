import IOEngine
import LoginCore
import PGAuth
import PGWire
import PoolCore
import PoolerConfig
import RelayCore

/// Carries out what ``ServerLogin`` decides: logging in to PostgreSQL.
extension Worker where Engine: ~Copyable {
    func makeServerLogin(_ slot: Slot<Server>) -> ServerLogin {
        let pool = servers[slot].pool
        let entry = pool.database.entry
        // The forced user's password, else what `auth_file` has for the user.
        let secret =
            if entry.user != nil, let password = entry.password {
                StoredSecret(password.exposedBytes)
            } else {
                pool.user.secret
            }
        return ServerLogin(user: pool.user.name, secret: secret, provenKeys: pool.user.provenKeys)
    }

    mutating func handleLogin(_ slot: Slot<Server>, _ type: MessageType, _ body: [UInt8]) {
        var random = SystemRandomNumberGenerator()
        guard let action = servers[slot].login?.exchange.handle(type, body, using: &random) else { return }
        carryOut(action, slot)
    }

    private mutating func carryOut(_ action: ServerLogin.Action, _ slot: Slot<Server>) {
        switch action {
        case .none: break
        case .send(let bytes):
            let socket = servers[slot].socket
            _ = unsafe bytes.withUnsafeBytes { unsafe engine.send($0, to: socket) }
        case .derive(let password, let parameters): derive(slot, password, parameters)
        case .learn(let parameter): learn(slot, parameter)
        case .keep(let key): servers[slot].cancelKey = key
        case .ready: readyAfterLogin(slot)
        case .refused(let error):
            shared.log.write(
                .warning, "\(prefix(ofServer: slot))server login failed: \(error.severity) \(error.message)")
            fail(slot, error.message, error, isBroken: true)
        case .fail(let message, let note):
            if let note { shared.log.write(note.level.logLevel, "\(prefix(ofServer: slot))\(note.text)") }
            let error = ErrorFields(severity: .fatal, code: .invalidPassword, message: message)
            fail(slot, message, error, isBroken: false)
        case .hangUp(let reason): disconnectServer(slot, reason)
        }
    }

    /// Ends the log-in for a reason that waiting clients hear.
    private mutating func fail(_ slot: Slot<Server>, _ message: String, _ error: ErrorFields, isBroken: Bool) {
        servers[slot].pool.failure = Pool.ConnectFailure(message: message, error: error)
        servers[slot].login?.isRefused = true
        disconnectServer(slot, message, isBroken: isBroken)
    }

    private mutating func learn(_ slot: Slot<Server>, _ parameter: ParameterStatus) {
        if let index = live.tracked.index(of: parameter.name) {
            servers[slot].parameters[index] = parameter.value
        } else {
            parameter.encode(into: &servers[slot].fixedParameters)
        }
    }

    private mutating func readyAfterLogin(_ slot: Slot<Server>) {
        servers[slot].login = nil
        servers[slot].status = .idle
        if let sql = servers[slot].pool.database.entry.connectQuery, !sql.isEmpty {
            servers[slot].use = .errand(.connectQuery)
            query(slot, Array(sql.utf8))
        } else {
            loggedIn(slot)
        }
    }

    mutating func loggedIn(_ slot: Slot<Server>) {
        let welcome = WelcomeParameters(
            tracked: servers[slot].parameters, messages: servers[slot].fixedParameters.bytes)
        servers[slot].fixedParameters = .init()
        servers[slot].use = .idle
        servers[slot].requestTime = now
        let (id, pool, now) = (servers[slot].id, servers[slot].pool, now)
        withBook { book, actions in book.serverLoggedIn(id, of: pool, welcome, at: now, into: &actions) }
    }

    // MARK: - Hashing

    /// The keys of a password: those of the last log-in, or hashed on another thread.
    private mutating func derive(_ slot: Slot<Server>, _ password: [UInt8], _ parameters: ScramParameters) {
        let user = servers[slot].pool.user
        if let known = user.knownKeys(password: password, parameters: parameters) { return derived(slot, known) }
        let (mailbox, server) = (shared.mailboxes[Int(id.rawValue)], servers[slot].id)
        let isQueued = shared.hashers.submit(isUrgent: true) {
            mailbox.post(.hashedForServer(server, user.keys(password: password, parameters: parameters)))
        }
        if !isQueued { derived(slot, nil) }
    }

    mutating func hashed(_ server: ServerID, _ keys: ScramKeys) {
        guard let slot = serverSlots[server] else { return }
        derived(slot, keys)
    }

    private mutating func derived(_ slot: Slot<Server>, _ keys: ScramKeys?) {
        guard let action = servers[slot].login?.exchange.derived(keys) else { return }
        carryOut(action, slot)
    }
}
