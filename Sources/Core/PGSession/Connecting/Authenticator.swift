import PGAuth
import PGConnInfo
import PGWire

/// Answers the server's authentication requests within the client's rules, and accepts AuthenticationOk only when the
/// rules are satisfied.
///
/// Source: PostgreSQL, protocol-flow.html and sasl-authentication.html; RFC 5802; libpq 18 for the rules
struct Authenticator: Sendable {
    private enum State: Sendable {
        case waiting
        /// A password or its hash was sent.
        case answered
        case scram(ScramClient)
        case done
    }

    private let request: LogInRequest
    private let transport: LogInTransport
    private let nonce: ScramNonce
    private var state = State.waiting

    init(_ request: LogInRequest, on transport: LogInTransport, nonce: ScramNonce) {
        self.request = request
        self.transport = transport
        self.nonce = nonce
    }

    /// Whether the server has accepted the log-in.
    var isDone: Bool { if case .done = state { true } else { false } }

    /// Whether the server has sent an authentication request.
    var hasBegun: Bool { if case .waiting = state { false } else { true } }

    /// Writes the response to a request, if it needs one.
    mutating func answer(_ asked: Authentication, into writer: inout WireWriter) throws(LogInError) {
        try checkRules(asked)
        switch (asked, state) {
        case (.ok, .scram(let scram)) where !scram.isComplete:
            throw .authentication("server accepted the log-in without proving that it knows the password")
        case (.ok, _): state = .done
        case (.cleartextPassword, .waiting):
            writer.passwordMessage(try password())
            state = .answered
        case (.md5Password(let salt), .waiting):
            let hashed = MD5Password(password: try password(), user: request.user)
            writer.passwordMessage(hashed.response(salt: salt))
            state = .answered
        case (.sasl(let mechanisms), .waiting): try begin(mechanisms, into: &writer)
        case (.saslContinue(let message), .scram(var scram)):
            let parameters = try Self.checked { () throws(ScramError) in try scram.handle(serverFirst: message) }
            let keys = try keys(for: parameters)
            writer.saslResponse(try Self.checked { () throws(ScramError) in try scram.respond(with: keys) })
            state = .scram(scram)
        case (.saslFinal(let message), .scram(var scram)):
            try Self.checked { () throws(ScramError) in try scram.handle(serverFinal: message) }
            state = .scram(scram)
        case (.unsupported(let kind), .waiting):
            throw .authentication("\(Self.name(kind)) authentication is not supported")
        default: throw .protocolViolation("server sent an authentication request out of turn")
        }
    }

    private mutating func begin(_ mechanisms: [String], into writer: inout WireWriter) throws(LogInError) {
        let offersPlus = mechanisms.contains(ScramClient.mechanismPlus)
        if offersPlus, case .plain = transport {
            // An attacker in between has removed TLS, or the server is faulty.
            throw .authentication("server offered SCRAM-SHA-256-PLUS authentication over a non-SSL connection")
        }
        let binding: ScramBinding =
            switch (transport, request.channelBinding) {
            case (.plain, _), (_, .disable), (.tls(certificateHash: nil), _): .unsupported
            case (.tls(.some(let hash)), _): offersPlus ? .tlsServerEndPoint(certificateHash: hash) : .notOffered
            }
        var mechanism = ScramClient.mechanism(among: mechanisms)
        if case .tlsServerEndPoint = binding {
            mechanism = ScramClient.mechanismPlus
        } else if request.channelBinding == .require {
            throw .authentication(
                offersPlus
                    ? "channel binding is required, but the server's certificate has no hash to bind to"
                    : "channel binding is required, but server did not offer an authentication method that supports "
                        + "channel binding")
        }
        guard let mechanism else {
            throw .authentication("none of the server's SASL authentication mechanisms are supported")
        }
        if request.scramClientKey == nil { _ = try password() }
        let scram = ScramClient(nonce: nonce, binding: binding)
        writer.saslInitialResponse(mechanism: mechanism, scram.clientFirst)
        state = .scram(scram)
    }

    private func keys(for parameters: ScramParameters) throws(LogInError) -> ScramKeys {
        let client = request.scramClientKey.flatMap { ScramKey($0.bytes) }
        let server = request.scramServerKey.flatMap { ScramKey($0.bytes) }
        if let client, let server { return ScramKeys(parameters: parameters, clientKey: client, serverKey: server) }
        let derived = ScramKeys.derive(password: try password(), parameters: parameters)
        return ScramKeys(
            parameters: parameters, clientKey: client ?? derived.clientKey, serverKey: server ?? derived.serverKey)
    }

    private func password() throws(LogInError) -> [UInt8] {
        guard let password = request.password, !password.bytes.isEmpty else {
            throw .authentication("fe_sendauth: no password supplied")
        }
        // The protocol's strings end at a zero byte, as C's do.
        return Array(password.bytes.prefix { $0 != 0 })
    }

    private static func checked<Value>(_ step: () throws(ScramError) -> Value) throws(LogInError) -> Value {
        do throws(ScramError) { return try step() } catch {
            throw .authentication("\(error)")
        }
    }

    private static func name(_ kind: Int32) -> String {
        switch kind {
        case 2: "Kerberos 5"
        case 4: "Crypt"
        case 7, 8: "GSSAPI"
        case 9: "SSPI"
        default: "method \(kind)"
        }
    }
}

/// The rules of `require_auth` and `channel_binding`.
extension Authenticator {
    private func checkRules(_ asked: Authentication) throws(LogInError) {
        if let reason = objection(to: asked) {
            throw .authentication("authentication method requirement \"\(request.requireAuthText)\" failed: \(reason)")
        }
        guard request.channelBinding == .require else { return }
        switch (asked, state) {
        case (.sasl, _), (.saslContinue, _), (.saslFinal, _): break
        case (.ok, .scram(let scram)) where scram.isBound: break
        case (.ok, _):
            throw .authentication(
                "channel binding required, but server authenticated client without channel binding")
        default:
            throw .authentication("channel binding required but not supported by server's authentication request")
        }
    }

    private func objection(to asked: Authentication) -> String? {
        let allows = request.requireAuth.allows
        return switch asked {
        case .ok: isProven || allows(.none) ? nil : "server did not complete authentication"
        case .cleartextPassword: allows(.password) ? nil : "server requested a cleartext password"
        case .md5Password: allows(.md5) ? nil : "server requested a hashed password"
        case .sasl, .saslContinue, .saslFinal:
            allows(.scramSHA256) ? nil : "server requested SCRAM-SHA-256 authentication"
        case .unsupported(7), .unsupported(8): allows(.gss) ? nil : "server requested GSSAPI authentication"
        case .unsupported(9): allows(.sspi) ? nil : "server requested SSPI authentication"
        case .unsupported: nil
        }
    }

    /// Whether the client has sent, and the server must have checked, everything that was requested.
    private var isProven: Bool {
        switch state {
        case .waiting: false
        case .answered, .done: true
        case .scram(let scram): scram.isComplete
        }
    }
}
