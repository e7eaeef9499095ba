package import PGAuth
package import PGWire

/// One log-in to a server, from its first answer to ReadyForQuery, as a value.
///
/// The daemon gives it each message and carries out the ``Action`` that comes back.
/// ``Action/derive(password:parameters:)`` is answered by ``derived(_:)``.
package struct ServerLogin: Sendable {
    package enum Action: Sendable {
        case none
        case send([UInt8])
        /// Hash the password, on a thread that serves no connections.
        case derive(password: [UInt8], parameters: ScramParameters)
        /// The server reports a parameter.
        case learn(ParameterStatus)
        /// Process ID and secret, for cancel requests.
        case keep(cancelKey: [UInt8])
        /// The server is ready for queries. The log-in is over.
        case ready
        /// The server's own refusal. The log-in is over.
        case refused(ErrorFields)
        /// The log-in is over for a reason that no second attempt changes and that waiting clients should hear.
        case fail(String, LoginNote?)
        /// The log-in is over because the server does not keep to the protocol.
        case hangUp(String)
    }

    private enum State: Sendable {
        /// An authentication request is to come.
        case asked
        /// The server must say whether the password is right.
        case answered
        case scramBegun(ScramClient)
        case deriving(ScramClient)
        case scramAnswered(ScramClient)
        /// The server has proved that it knows the secret.
        case proved
        /// Logged in; parameters, key and ReadyForQuery follow.
        case accepted
        case over
    }

    private let user: String
    private let secret: StoredSecret?
    private let provenKeys: ScramKeys?
    private var state = State.asked
    private var bytes = 0
    private var parameterBytes = 0

    /// - Parameters:
    ///   - secret: the password of the database's line, or what `auth_file` has for the user.
    ///   - provenKeys: keys that a client has proved to have; they stand in for the password of a SCRAM secret.
    package init(user: String, secret: StoredSecret?, provenKeys: ScramKeys?) {
        self.user = user
        self.secret = secret
        self.provenKeys = provenKeys
    }

    package mutating func handle(
        _ type: MessageType, _ body: [UInt8], using random: inout some RandomNumberGenerator
    ) -> Action {
        bytes += 5 + body.count
        guard bytes <= PeerLimits.serverBytes else { return hangUp("server sent too much before it was ready") }
        switch type {
        case BackendMessage.authentication:
            guard let request = try? Authentication(body: body) else { return hangUp("broken authentication request") }
            return answer(request, using: &random)
        case BackendMessage.errorResponse:
            state = .over
            return .refused(
                (try? ErrorFields(body: body))
                    ?? ErrorFields(severity: .fatal, code: .connectionFailure, message: "server login failed"))
        case BackendMessage.noticeResponse, BackendMessage.negotiateProtocolVersion: return .none
        default:
            // PostgreSQL sends nothing else before it has accepted the user.
            guard case .accepted = state else { return hangUp("unknown pkt from server") }
            return welcome(type, body)
        }
    }

    private mutating func welcome(_ type: MessageType, _ body: [UInt8]) -> Action {
        switch type {
        case BackendMessage.parameterStatus:
            guard let parameter = try? ParameterStatus(body: body) else {
                return hangUp("broken ParameterStatus packet")
            }
            parameterBytes += 5 + body.count
            guard parameterBytes <= PeerLimits.parameterBytes else { return hangUp("server sent too many parameters") }
            return .learn(parameter)
        case BackendMessage.backendKeyData:
            guard PeerLimits.cancelKeyBytes.contains(body.count) else { return hangUp("broken BackendKeyData packet") }
            return .keep(cancelKey: body)
        case BackendMessage.readyForQuery:
            state = .over
            return .ready
        default: return hangUp("unknown pkt from server")
        }
    }

    private mutating func hangUp(_ reason: String) -> Action {
        state = .over
        return .hangUp(reason)
    }

    // MARK: - Authentication

    private mutating func answer(_ request: Authentication, using random: inout some RandomNumberGenerator) -> Action {
        switch (request, state) {
        // Mutual authentication: a server that has not proved itself is not believed.
        case (.ok, .scramBegun), (.ok, .scramAnswered): return fail("SASL authentication failed")
        case (.ok, .asked), (.ok, .answered), (.ok, .proved):
            state = .accepted
            return .none
        case (.cleartextPassword, .asked):
            guard case .plain(let password)? = secret else { return lacksPassword("cleartext") }
            return reply { $0.passwordMessage(password.bytes) }
        case (.md5Password(let salt), .asked):
            guard let password = secret?.md5(user: user) else { return lacksPassword("MD5") }
            return reply { $0.passwordMessage(password.response(salt: salt)) }
        case (.sasl(let mechanisms), .asked): return beginScram(mechanisms, using: &random)
        case (.saslContinue(let message), .scramBegun(let scram)): return continueScram(scram, message)
        case (.saslFinal(let message), .scramAnswered(let scram)): return finishScram(scram, message)
        case (.unsupported(let kind), .asked):
            return fail("unknown/unsupported auth method", "unknown/unsupported auth method: \(kind)")
        default: return hangUp("authentication request out of turn")
        }
    }

    private mutating func reply(_ write: (inout WireWriter) -> Void) -> Action {
        state = .answered
        return .send(Self.encoded(write))
    }

    private static func encoded(_ write: (inout WireWriter) -> Void) -> [UInt8] {
        var writer = WireWriter()
        write(&writer)
        return writer.bytes
    }

    private mutating func fail(_ message: String, _ note: String? = nil) -> Action {
        state = .over
        return .fail(message, note.map { LoginNote(.error, $0) })
    }

    private mutating func lacksPassword(_ method: String, _ cause: String = "wrong password type") -> Action {
        fail("server login failed: wrong password type", "cannot do \(method) authentication: \(cause)")
    }

    // MARK: - SCRAM-SHA-256

    private mutating func beginScram(
        _ mechanisms: [String], using random: inout some RandomNumberGenerator
    ) -> Action {
        guard let mechanism = ScramClient.mechanism(among: mechanisms) else {
            let reason = "none of the server's SASL authentication mechanisms are supported"
            return fail("server login failed: \(reason)", reason)
        }
        switch secret {
        case .plain: break
        case .scram:
            guard provenKeys != nil else {
                return lacksPassword(
                    "SCRAM", "password is SCRAM secret but client authentication did not provide SCRAM keys")
            }
        case .md5, nil: return lacksPassword("SCRAM")
        }
        let scram = ScramClient(nonce: ScramNonce(using: &random))
        state = .scramBegun(scram)
        return .send(Self.encoded { $0.saslInitialResponse(mechanism: mechanism, scram.clientFirst) })
    }

    private mutating func continueScram(_ scram: ScramClient, _ message: [UInt8]) -> Action {
        var scram = scram
        do throws(ScramError) {
            let parameters = try scram.handle(serverFirst: message)
            if case .plain(let password)? = secret {
                state = .deriving(scram)
                return .derive(password: password.bytes, parameters: parameters)
            }
            guard let provenKeys else { return lacksPassword("SCRAM") }
            return respond(scram, with: provenKeys)
        } catch {
            return fail(error)
        }
    }

    /// The answer to ``Action/derive(password:parameters:)``.
    ///
    /// - Parameter keys: `nil` when too many passwords wait to be hashed.
    package mutating func derived(_ keys: ScramKeys?) -> Action {
        guard case .deriving(let scram) = state else { return .none }
        guard let keys else { return hangUp("too many passwords are being hashed") }
        return respond(scram, with: keys)
    }

    private mutating func respond(_ scram: ScramClient, with keys: ScramKeys) -> Action {
        var scram = scram
        do throws(ScramError) {
            let response = try scram.respond(with: keys)
            state = .scramAnswered(scram)
            return .send(Self.encoded { $0.saslResponse(response) })
        } catch {
            return fail(error)
        }
    }

    private mutating func finishScram(_ scram: ScramClient, _ message: [UInt8]) -> Action {
        var scram = scram
        do throws(ScramError) {
            try scram.handle(serverFinal: message)
            state = .proved
            return .none
        } catch {
            return fail(error)
        }
    }

    private mutating func fail(_ error: ScramError) -> Action {
        if error == .serverSignatureMismatch {
            return fail("server login failed: invalid server signature", "invalid server signature")
        }
        return fail("SASL authentication failed", "SASL authentication failed: \(error)")
    }
}
