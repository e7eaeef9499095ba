package import PGAuth
import PGWire
import RelayCore

/// SCRAM-SHA-256 with a client.
extension ClientLogin {
    mutating func beginScram(_ body: [UInt8], using random: inout some RandomNumberGenerator) {
        guard let first = try? SASLInitialResponse(body: body), let message = first.response else {
            return refuse(LoginRefusal("bad packet"))
        }
        guard first.mechanism == ScramServer.mechanism else {
            return refuse(LoginRefusal("client selected an invalid SASL authentication mechanism"))
        }
        var scram = exchange(ScramNonce(using: &random))
        do throws(ScramError) {
            let reply = try scram.handle(clientFirst: message)
            ask(.saslContinue(reply), with: scram)
        } catch {
            note(error)
            refuse(wrongPassword(usingSASL: true))
        }
    }

    private mutating func ask(_ request: Authentication, with scram: ScramServer) {
        send(request)
        state = .proving(.saslResponse(scram))
    }

    /// The exchange that fits the secret. What the client sees first does not depend on keys, so nothing is derived
    /// yet.
    private mutating func exchange(_ nonce: ScramNonce) -> ScramServer {
        guard let subject else { return mock(nonce) }
        switch subject.secret {
        case .scram(let secret):
            return ScramServer(verifier: subject.verifier ?? ScramVerifier(secret), nonce: nonce)
        case .plain(let password) where !password.bytes.isEmpty && mayDerive(subject.parameters):
            guard let verifier = subject.verifier, verifier.secret.parameters == subject.parameters else {
                return ScramServer(parameters: subject.parameters, nonce: nonce)
            }
            return ScramServer(verifier: verifier, nonce: nonce)
        case .md5:
            log(.error, "SCRAM authentication failed: user has MD5 secret")
            return mock(nonce)
        case .plain, nil: return mock(nonce)
        }
    }

    private func mock(_ nonce: ScramNonce) -> ScramServer {
        ScramServer(
            mockFor: request?.user ?? "", processSecret: subject?.processSecret ?? [],
            iterations: subject?.parameters.iterations ?? ScramParameters.defaultIterations, nonce: nonce)
    }

    mutating func finishScram(_ scram: ScramServer, _ response: [UInt8]) {
        guard scram.needsVerifier, case .plain(let password) = subject?.secret else {
            return conclude(scram, response, hasDerived: false)
        }
        state = .deriving(.scram(scram, response: response))
        decide(.derive(KeyOrder(password: password.bytes, parameters: scram.parameters, purpose: .verifier)))
    }

    private mutating func conclude(_ scram: ScramServer, _ response: [UInt8], hasDerived: Bool) {
        var scram = scram
        do throws(ScramError) {
            let success = try scram.handle(clientFinal: response)
            send(.saslFinal(success.serverFinal))
            // The keys of a plain secret open no server: each has a salt of its own.
            if case .scram = subject?.secret { accept(keys: success.keys) } else { accept() }
        } catch {
            note(error)
            let refusal = wrongPassword(usingSASL: true)
            if hasDerived { refuse(refusal) } else { refuseAfterDelay(refusal, scram.parameters) }
        }
    }

    /// PgBouncer's words, where they are others than PostgreSQL's.
    private mutating func note(_ error: ScramError) {
        log(.error, error == .nonceMismatch ? "invalid SCRAM response (nonce does not match)" : "\(error)")
    }

    /// The answer to ``Action/derive(_:)``.
    ///
    /// - Parameter secret: `nil` when too many passwords wait to be hashed.
    package mutating func derived(_ secret: ScramSecret?) {
        guard case .deriving(let derivation) = state else { return }
        switch (derivation, secret) {
        case (.refusal(let refusal), _): refuse(refusal)
        case (.scram(var scram, let response), let secret?):
            scram.use(ScramVerifier(secret))
            conclude(scram, response, hasDerived: true)
        case (.comparison(let stored), let secret?):
            if secret == stored { accept() } else { refuse(wrongPassword(usingSASL: false)) }
        case (.scram, nil), (.comparison, nil):
            refuse(LoginRefusal("too many passwords are being checked", code: .tooManyConnections))
        }
    }
}
