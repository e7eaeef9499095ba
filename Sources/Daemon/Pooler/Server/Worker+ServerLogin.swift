import IOEngine
import PGAuth
import PGWire
import PoolCore
import PoolerConfig
import RelayCore

/// Logging in to PostgreSQL.
extension Worker where Engine: ~Copyable {
    mutating func handleLogin(_ slot: Slot<Server>, _ type: MessageType, _ body: [UInt8]) {
        switch type {
        case BackendMessage.authentication:
            guard let request = try? Authentication(body: body) else {
                return disconnectServer(slot, "broken authentication request")
            }
            answer(slot, request)
        case BackendMessage.errorResponse: loginRefused(slot, body)
        case BackendMessage.noticeResponse, BackendMessage.negotiateProtocolVersion: break
        // Nothing else may come before the server has accepted us: whoever sends it is no PostgreSQL.
        case _ where servers[slot].login?.isAuthenticated != true: disconnectServer(slot, "unknown pkt from server")
        case BackendMessage.parameterStatus:
            guard let parameter = try? ParameterStatus(body: body) else {
                return disconnectServer(slot, "broken ParameterStatus packet")
            }
            learn(slot, parameter)
        case BackendMessage.backendKeyData: servers[slot].cancelKey = body
        case BackendMessage.readyForQuery: readyAfterLogin(slot)
        default: disconnectServer(slot, "unknown pkt from server")
        }
    }

    private mutating func learn(_ slot: Slot<Server>, _ parameter: ParameterStatus) {
        if let index = live.tracked.index(of: parameter.name) {
            servers[slot].parameters[index] = parameter.value
        } else {
            parameter.encode(into: &servers[slot].fixedParameters)
        }
    }

    private mutating func loginRefused(_ slot: Slot<Server>, _ body: [UInt8]) {
        let error =
            (try? ErrorFields(body: body))
            ?? ErrorFields(severity: .fatal, code: .connectionFailure, message: "server login failed")
        shared.log.write(.warning, "\(prefix(ofServer: slot))server login failed: \(error.severity) \(error.message)")
        servers[slot].pool.failure = PoolRecord.ConnectFailure(message: error.message, error: error)
        servers[slot].login?.isRefused = true
        disconnectServer(slot, error.message, isBroken: true)
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
        servers[slot].pool.welcome = PoolRecord.Welcome(
            fixed: servers[slot].fixedParameters.bytes, tracked: servers[slot].parameters)
        servers[slot].fixedParameters = .init()
        servers[slot].use = .idle
        servers[slot].requestTime = now
        decide(.serverLoggedIn(servers[slot].id))
    }

    // MARK: - Authentication

    private mutating func answer(_ slot: Slot<Server>, _ request: Authentication) {
        switch request {
        case .ok:
            // Mutual authentication: a server that has not proved itself is not believed.
            if let scram = servers[slot].login?.scram, !scram.isComplete {
                return fail(slot, "SASL authentication failed")
            }
            servers[slot].login?.isAuthenticated = true
        case .cleartextPassword:
            guard case .plain(let password)? = secret(of: slot) else { return lacksPassword(slot) }
            writer.removeAll()
            writer.passwordMessage(password.bytes)
            sendWritten(toServer: slot)
        case .md5Password(let salt):
            guard let password = secret(of: slot)?.md5(user: servers[slot].pool.user.name) else {
                return lacksPassword(slot)
            }
            writer.removeAll()
            writer.passwordMessage(password.response(salt: salt))
            sendWritten(toServer: slot)
        case .sasl(let mechanisms): beginScram(slot, mechanisms)
        case .saslContinue(let message): continueScram(slot, message)
        case .saslFinal(let message): finishScram(slot, message)
        case .unsupported(let kind):
            shared.log.write(.error, "\(prefix(ofServer: slot))unknown/unsupported auth method: \(kind)")
            disconnectServer(slot, "unknown/unsupported auth method")
        }
    }

    /// The forced user's password, else what `auth_file` has for the user.
    private func secret(of slot: Slot<Server>) -> StoredSecret? {
        let entry = servers[slot].pool.database.entry
        if entry.user != nil, let password = entry.password { return StoredSecret(password.exposedBytes) }
        return servers[slot].pool.user.secret
    }

    private mutating func lacksPassword(_ slot: Slot<Server>) {
        shared.log.write(.error, "\(prefix(ofServer: slot))cannot do authentication: wrong password type")
        fail(slot, "wrong password type")
    }

    /// Fails the log-in for a reason that waiting clients should hear.
    private mutating func fail(_ slot: Slot<Server>, _ message: String) {
        let error = ErrorFields(severity: .fatal, code: .invalidPassword, message: message)
        servers[slot].pool.failure = PoolRecord.ConnectFailure(message: message, error: error)
        servers[slot].login?.isRefused = true
        disconnectServer(slot, message)
    }

    private mutating func beginScram(_ slot: Slot<Server>, _ mechanisms: [String]) {
        guard let mechanism = ScramClient.mechanism(among: mechanisms) else {
            return fail(slot, "none of the server's SASL authentication mechanisms are supported")
        }
        var random = SystemRandomNumberGenerator()
        let scram = ScramClient(nonce: ScramNonce(using: &random))
        writer.removeAll()
        writer.saslInitialResponse(mechanism: mechanism, scram.clientFirst)
        servers[slot].login?.scram = scram
        sendWritten(toServer: slot)
    }

    private mutating func continueScram(_ slot: Slot<Server>, _ message: [UInt8]) {
        guard var scram = servers[slot].login?.scram else { return disconnectServer(slot, "SASL exchange out of turn") }
        do throws(ScramError) {
            let parameters = try scram.handle(serverFirst: message)
            guard let keys = keys(for: slot, parameters) else { return lacksPassword(slot) }
            let response = try scram.respond(with: keys)
            servers[slot].login?.scram = scram
            writer.removeAll()
            writer.saslResponse(response)
            sendWritten(toServer: slot)
        } catch {
            shared.log.write(.error, "\(prefix(ofServer: slot))SASL authentication failed: \(error)")
            fail(slot, "SASL authentication failed")
        }
    }

    private func keys(for slot: Slot<Server>, _ parameters: ScramParameters) -> ScramKeys? {
        let user = servers[slot].pool.user
        switch secret(of: slot) {
        case .plain(let password): return user.keys(password: password.bytes, parameters: parameters)
        // A stored secret cannot log in; the keys of a client that could are as good as its password.
        case .scram: return user.provenKeys
        case .md5, nil: return nil
        }
    }

    private mutating func finishScram(_ slot: Slot<Server>, _ message: [UInt8]) {
        guard var scram = servers[slot].login?.scram else { return disconnectServer(slot, "SASL exchange out of turn") }
        do throws(ScramError) {
            try scram.handle(serverFinal: message)
            servers[slot].login?.scram = scram
        } catch {
            shared.log.write(.error, "\(prefix(ofServer: slot))SASL authentication failed: \(error)")
            fail(slot, "SASL authentication failed")
        }
    }
}
