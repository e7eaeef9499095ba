import PGAuth
import PGWire
import PoolerConfig
import RelayCore

/// A client's authentication.
extension ClientLogin {
    /// The answer to ``Action/identify(_:)``. A user that does not exist is asked for a proof as others are, and
    /// refused at the end.
    package mutating func identified(_ subject: LoginSubject, using random: inout some RandomNumberGenerator) {
        guard case .identifying = state, let request else { return }
        self.subject = subject
        guard !request.wantsReplication else {
            return refuse(LoginRefusal("replication connections are not supported", code: .featureNotSupported))
        }
        if request.needsNegotiation {
            var writer = WireWriter()
            writer.negotiateProtocolVersion(newestMinor: 0, unrecognized: request.unrecognizedOptions)
            decide(.send(writer.bytes))
        }
        if case .console(.ownAccount) = subject.place { return accept() }
        if subject.method != .any, subject.secret == nil { log(.log, "no such user: \(request.user)") }
        challenge(subject, using: &random)
    }

    private mutating func challenge(_ subject: LoginSubject, using random: inout some RandomNumberGenerator) {
        switch subject.method {
        case .any:
            if case .database(lacksForcedUser: true) = subject.place {
                return misconfigured("auth_type=any requires forced user")
            }
            accept()
        case .trust:
            guard subject.secret != nil else {
                return refuse(LoginRefusal("\"trust\" authentication failed", code: .invalidPassword))
            }
            accept()
        case .plain: ask(.cleartextPassword, .cleartext)
        case .md5:
            if case .scram = subject.secret { return askForScram() }
            let number: UInt32 = random.next()
            let salt = [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: number >> $0) }
            ask(.md5Password(salt: salt), .md5(salt: salt))
        case .scramSHA256: askForScram()
        // A rule of hba_file becomes the subject's method before this; LDAP and PAM need an action of their own,
        // answered by a thread that may block.
        case .cert, .hba, .ldap, .pam:
            misconfigured("auth_type \(subject.method.rawValue) is not supported yet")
        }
    }

    private mutating func misconfigured(_ reason: String) {
        log(.error, reason)
        refuse(LoginRefusal("bouncer config error"))
    }

    private mutating func ask(_ authentication: Authentication, _ proof: Proof) {
        send(authentication)
        state = .proving(proof)
    }

    private mutating func askForScram() { ask(.sasl(mechanisms: [ScramServer.mechanism]), .saslInitialResponse) }

    func encode(_ authentication: Authentication) -> [UInt8] {
        var writer = WireWriter(capacity: 128)
        authentication.encode(into: &writer)
        return writer.bytes
    }

    mutating func send(_ authentication: Authentication) { decide(.send(encode(authentication))) }

    /// Lets the client in. On the console a user in neither list learns only now that it may not.
    mutating func accept(keys: ScramKeys? = nil) {
        guard let (place, method) = subject.map({ ($0.place, $0.method) }) else { return }
        var role: ConsoleRole?
        if case .console(let access) = place {
            role = access.role(provedBy: method)
            if role == nil { return refuse(LoginRefusal("not allowed")) }
        }
        state = .over
        decide(.accept(Acceptance(role: role, keys: keys)))
    }

    // MARK: - Passwords

    mutating func handle(password body: [UInt8], using random: inout some RandomNumberGenerator) {
        guard case .proving(let proof) = state else { return }
        switch proof {
        case .cleartext:
            guard let password = Self.password(in: body) else { return refuse(LoginRefusal("bad packet")) }
            compare(password)
        case .md5(let salt):
            guard let response = Self.password(in: body) else { return refuse(LoginRefusal("bad packet")) }
            let stored = subject?.secret?.md5(user: request?.user ?? "")
            guard let stored, stored.accepts(response: response, salt: salt) else {
                return response.isEmpty ? refuseEmptyPassword() : refuse(wrongPassword(usingSASL: false))
            }
            accept()
        case .saslInitialResponse: beginScram(body, using: &random)
        case .saslResponse(let scram): finishScram(scram, body)
        }
    }

    private static func password(in body: [UInt8]) -> [UInt8]? {
        var reader = WireReader(body)
        guard let password = try? reader.cStringBytes(), reader.isAtEnd else { return nil }
        return password
    }

    private mutating func compare(_ password: [UInt8]) {
        guard !password.isEmpty else { return refuseEmptyPassword() }
        switch subject?.secret {
        case .scram(let secret):
            guard mayDerive(secret.parameters) else { return refuse(wrongPassword(usingSASL: false)) }
            state = .deriving(.comparison(secret))
            decide(.derive(KeyOrder(password: password, parameters: secret.parameters, purpose: .comparison)))
        case .some(let secret) where secret.matches(cleartext: password, user: request?.user ?? ""): accept()
        case .some, nil: refuseAfterDelay(wrongPassword(usingSASL: false))
        }
    }

    private mutating func refuseEmptyPassword() {
        refuse(LoginRefusal("empty password returned by client", code: .invalidPassword))
    }

    // MARK: - Refusals

    func wrongPassword(usingSASL: Bool) -> LoginRefusal {
        .wrongPassword(user: request?.user ?? "", usingSASL: usingSASL)
    }

    /// Whether a hashing with these parameters is done at all.
    mutating func mayDerive(_ parameters: ScramParameters) -> Bool {
        guard parameters.iterations > PeerLimits.scramIterations else { return true }
        log(
            .error,
            "SCRAM secret has \(parameters.iterations) iterations, at most \(PeerLimits.scramIterations) are computed")
        return false
    }

    /// Refuses the client once a password has been hashed, as it has been for a user that exists.
    mutating func refuseAfterDelay(_ refusal: LoginRefusal, _ parameters: ScramParameters? = nil) {
        guard let parameters = parameters ?? subject?.parameters, parameters.iterations <= PeerLimits.scramIterations
        else {
            return refuse(refusal)
        }
        state = .deriving(.refusal(refusal))
        decide(.derive(KeyOrder(password: [], parameters: parameters, purpose: .delay)))
    }
}
