import IOEngine
import PGAuth
import PGWire
import PoolerConfig
import RelayCore

/// A client's proof of who it is.
extension Worker where Engine: ~Copyable {
    /// Asks for proof. A user that does not exist is asked just like one that does, and refused at the end.
    mutating func challenge(_ slot: Slot<Client>, _ login: ClientLogin) {
        let secret = login.user?.secret
        switch live.settings.authType {
        case .any:
            guard login.forcedUser != nil || !login.isDatabaseKnown else {
                shared.log.write(.error, "\(prefix(ofClient: slot))auth_type=any requires forced user")
                return disconnectClient(slot, "bouncer config error")
            }
            authenticated(slot, login)
        case .trust:
            guard secret != nil else {
                return refuseAuthentication(slot, "\"trust\" authentication failed")
            }
            authenticated(slot, login)
        case .plain:
            login.method = .cleartext
            request(slot, .cleartextPassword)
        case .md5:
            if case .scram = secret { return challengeScram(slot, login) }
            var random = SystemRandomNumberGenerator()
            let number: UInt32 = random.next()
            let salt = [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: number >> $0) }
            login.method = .md5(salt: salt)
            request(slot, .md5Password(salt: salt))
        case .scramSHA256: challengeScram(slot, login)
        case .cert, .hba, .ldap, .pam:
            shared.log.write(
                .error,
                "\(prefix(ofClient: slot))auth_type \(live.settings.authType.rawValue) is not supported yet")
            disconnectClient(slot, "bouncer config error")
        }
    }

    private mutating func challengeScram(_ slot: Slot<Client>, _ login: ClientLogin) {
        login.method = .scramFirst
        request(slot, .sasl(mechanisms: [ScramServer.mechanism]))
    }

    private mutating func request(_ slot: Slot<Client>, _ authentication: Authentication) {
        writer.removeAll()
        authentication.encode(into: &writer)
        sendWritten(toClient: slot)
    }

    /// Checks one answer of the client.
    mutating func authenticate(_ slot: Slot<Client>, _ body: [UInt8]) {
        guard let login = clients[slot].login else { return }
        let user = login.request?.user ?? ""
        switch login.method {
        case .none: disconnectClient(slot, "unknown pkt")
        case .cleartext:
            guard let password = Self.password(in: body) else { return disconnectClient(slot, "bad packet") }
            guard !password.isEmpty else { return refuseAuthentication(slot, "empty password returned by client") }
            let isRight = login.user?.secret?.matches(cleartext: password, user: user) ?? false
            conclude(slot, login, isRight)
        case .md5(let salt):
            guard let response = Self.password(in: body) else { return disconnectClient(slot, "bad packet") }
            let stored = login.user?.secret?.md5(user: user)
            conclude(slot, login, stored?.accepts(response: response, salt: salt) ?? false)
        case .scramFirst: beginScram(slot, login, body)
        case .scramFinal(let scram): finishScram(slot, login, scram, body)
        }
    }

    private static func password(in body: [UInt8]) -> [UInt8]? {
        var reader = WireReader(body)
        guard let password = try? reader.cStringBytes(), reader.isAtEnd else { return nil }
        return password
    }

    private mutating func conclude(_ slot: Slot<Client>, _ login: ClientLogin, _ isRight: Bool) {
        guard isRight else { return refuseAuthentication(slot, "password authentication failed") }
        authenticated(slot, login)
    }

    private mutating func beginScram(_ slot: Slot<Client>, _ login: ClientLogin, _ body: [UInt8]) {
        guard let first = try? SASLInitialResponse(body: body), let message = first.response else {
            return disconnectClient(slot, "bad packet")
        }
        guard first.mechanism == ScramServer.mechanism else {
            return disconnectClient(slot, "client selected an invalid SASL authentication mechanism")
        }
        let iterations = live.settings.scramIterations
        var random = SystemRandomNumberGenerator()
        let nonce = ScramNonce(using: &random)
        var scram =
            login.user?.scramVerifier(iterations: iterations).map { ScramServer(verifier: $0, nonce: nonce) }
            ?? ScramServer(
                mockFor: login.request?.user ?? "", processSecret: shared.processSecret, iterations: iterations,
                nonce: nonce)
        do throws(ScramError) {
            let reply = try scram.handle(clientFirst: message)
            login.method = .scramFinal(scram)
            request(slot, .saslContinue(reply))
        } catch {
            shared.log.write(.warning, "\(prefix(ofClient: slot))SASL authentication: \(error)")
            refuseAuthentication(slot, "SASL authentication failed")
        }
    }

    private mutating func finishScram(
        _ slot: Slot<Client>, _ login: ClientLogin, _ scram: ScramServer, _ body: [UInt8]
    ) {
        var scram = scram
        do throws(ScramError) {
            let success = try scram.handle(clientFinal: body)
            if case .scram = login.user?.secret { login.user?.provenKeys = success.keys }
            request(slot, .saslFinal(success.serverFinal))
            authenticated(slot, login)
        } catch {
            refuseAuthentication(slot, "SASL authentication failed")
        }
    }

    /// One message for every cause: who guesses learns nothing.
    private mutating func refuseAuthentication(_ slot: Slot<Client>, _ message: String) {
        disconnectClient(slot, message, code: .invalidPassword)
    }
}
