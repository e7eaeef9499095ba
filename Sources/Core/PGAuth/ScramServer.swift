import Crypto

/// The server's side of one SCRAM-SHA-256 exchange, without channel binding.
///
/// Two calls, in order: ``handle(clientFirst:)``, ``handle(clientFinal:)``. After an error the exchange is over. The
/// keys are needed for the second one only, so an exchange can begin before they have been derived: see ``use(_:)``.
///
/// Source: RFC 5802, RFC 7677; PostgreSQL, sasl-authentication.html
package struct ScramServer: Sendable, Redacted {
    /// The only mechanism offered.
    package static let mechanism = "SCRAM-SHA-256"

    private enum State: Sendable {
        case awaitingClientFirst
        case awaitingClientFinal(Challenge)
        case over
    }

    private struct Challenge: Sendable {
        var channelBinding: [UInt8]  // "biws" or "eSws": the gs2 header, which the final message must repeat
        var nonce: [UInt8]
        var clientFirstBare: [UInt8]
        var serverFirst: [UInt8]
    }

    /// The result of a successful exchange.
    package struct Success: Equatable, Sendable, Redacted {
        /// The data of AuthenticationSASLFinal to send.
        package let serverFinal: [UInt8]
        /// The client's keys, recovered from its proof. They are valid for every server that stores the same secret.
        package let keys: ScramKeys
    }

    /// The salt and the number of iterations that the client is told.
    package let parameters: ScramParameters
    private var verifier: ScramVerifier?
    private let isMock: Bool
    private let nonce: ScramNonce
    private var state = State.awaitingClientFirst

    package init(verifier: ScramVerifier, nonce: ScramNonce) {
        self.verifier = verifier
        parameters = verifier.secret.parameters
        self.nonce = nonce
        isMock = false
    }

    /// An exchange whose keys come later, by ``use(_:)``.
    package init(parameters: ScramParameters, nonce: ScramNonce) {
        self.parameters = parameters
        self.nonce = nonce
        isMock = false
    }

    /// Whether ``use(_:)`` must be called before ``handle(clientFinal:)``.
    package var needsVerifier: Bool { verifier == nil }

    /// Gives the exchange its keys. Keys of other parameters are refused, and the exchange fails.
    package mutating func use(_ verifier: ScramVerifier) {
        if verifier.secret.parameters == parameters { self.verifier = verifier }
    }

    /// Creates an exchange with a secret that is used once.
    package init(secret: ScramSecret, nonce: ScramNonce) { self.init(verifier: ScramVerifier(secret), nonce: nonce) }

    /// Creates an exchange for an unknown user, which looks like any other and always ends in
    /// ``ScramError/proofMismatch``.
    ///
    /// - Parameters:
    ///   - processSecret: random bytes, the same for the life of the process: one user name always gets the same salt,
    ///     as a real user does.
    ///   - iterations: the number in real secrets, usually `scram_iterations`; out of range means 4096.
    package init(mockFor user: String, processSecret: [UInt8], iterations: Int, nonce: ScramNonce) {
        let verifier = ScramVerifier(.mock(user: user, processSecret: processSecret, iterations: iterations))
        self.verifier = verifier
        parameters = verifier.secret.parameters
        self.nonce = nonce
        isMock = true
    }

    /// Handles the client's first message and returns the data of AuthenticationSASLContinue.
    ///
    /// The user name in it is ignored, as in PostgreSQL: the one in the start-up message is used.
    package mutating func handle(clientFirst message: [UInt8]) throws(ScramError) -> [UInt8] {
        guard case .awaitingClientFirst = state else { throw fail(.unexpectedMessage(.clientFirst)) }
        state = .over

        let header = try Self.header(of: message)
        let bare = message.dropFirst(header.count)
        var attributes = try ScramAttributes(bare, of: .clientFirst)
        if attributes.next == UInt8(ascii: "m") { throw .unsupportedExtension }
        _ = try attributes.value(of: "n")
        let clientNonce = try attributes.value(of: "r")
        guard !clientNonce.isEmpty, clientNonce.allSatisfy(ScramNonce.isPrintable) else {
            throw .malformed(.clientFirst, .nonce)
        }
        while !attributes.isAtEnd { _ = try attributes.any() }  // optional extensions

        var serverFirst: [UInt8] = []
        serverFirst.reserveCapacity(clientNonce.count + nonce.text.count + 2 * parameters.salt.count + 24)
        serverFirst += "r=".utf8
        serverFirst += clientNonce
        serverFirst += nonce.text
        let joined = Array(serverFirst.dropFirst(2))
        serverFirst += ",s=".utf8
        serverFirst += Base64.encode(parameters.salt)
        serverFirst += ",i=\(parameters.iterations)".utf8
        state = .awaitingClientFinal(
            Challenge(
                channelBinding: Base64.encode(Array(header)), nonce: joined, clientFirstBare: Array(bare),
                serverFirst: serverFirst))
        return serverFirst
    }

    /// Handles the client's final message and checks its proof.
    package mutating func handle(clientFinal message: [UInt8]) throws(ScramError) -> Success {
        guard case .awaitingClientFinal(let challenge) = state else { throw fail(.unexpectedMessage(.clientFinal)) }
        state = .over

        var attributes = try ScramAttributes(message[...], of: .clientFinal)
        let channelBinding = try attributes.value(of: "c")
        guard channelBinding.elementsEqual(challenge.channelBinding) else { throw .channelBindingMismatch }
        let finalNonce = try attributes.value(of: "r")
        let (proof, withoutProof) = try Self.proof(&attributes, of: message)
        guard ConstantTime.equal(Array(finalNonce), challenge.nonce) else { throw .nonceMismatch }

        let transcript = ScramTranscript.join(challenge.clientFirstBare, challenge.serverFirst, withoutProof)
        guard let verifier else { throw .proofMismatch }
        let secret = verifier.secret
        let clientKey = proof ^ verifier.clientSignature(of: transcript)
        let isRight = clientKey.hashed == secret.storedKey
        guard isRight, !isMock else { throw .proofMismatch }
        let signature = verifier.serverSignature(of: transcript)
        return Success(
            serverFinal: Array("v=".utf8) + Base64.encode(signature.bytes),
            keys: ScramKeys(
                parameters: secret.parameters, clientKey: clientKey, storedKey: secret.storedKey,
                serverKey: secret.serverKey))
    }

    private mutating func fail(_ error: ScramError) -> ScramError {
        state = .over
        return error
    }

    /// Reads the gs2 header, `n,,` or `y,,`. The client may support channel binding (`y`), but not require it (`p=…`).
    private static func header(of message: [UInt8]) throws(ScramError) -> ArraySlice<UInt8> {
        guard message.count <= ScramMessage.maximumByteCount else { throw .messageTooLong }
        switch message.first {
        case UInt8(ascii: "n"), UInt8(ascii: "y"): break
        case UInt8(ascii: "p"): throw .channelBindingRequired
        default: throw .malformed(.clientFirst, .channelBindingFlag)
        }
        let afterFlag = message.dropFirst()
        guard afterFlag.first == UInt8(ascii: ",") else { throw .malformed(.clientFirst, .channelBindingFlag) }
        switch afterFlag.dropFirst().first {
        case UInt8(ascii: ","): return message.prefix(3)
        case UInt8(ascii: "a"): throw .authorizationIdentity
        default: throw .malformed(.clientFirst, .noAttribute)
        }
    }

    /// Splits the message into the proof, which must be the last attribute, and everything before its comma.
    private static func proof(
        _ attributes: inout ScramAttributes, of message: [UInt8]
    ) throws(ScramError) -> (ScramKey, [UInt8]) {
        while true {
            let start = attributes.position
            let (name, value) = try attributes.any()
            guard name == UInt8(ascii: "p") else { continue }  // an optional extension
            try attributes.end()
            guard let proof = Base64.decode(value).flatMap(ScramKey.init) else {
                throw .malformed(.clientFinal, .base64)
            }
            return (proof, Array(message[..<(start - 1)]))
        }
    }
}

extension ScramSecret {
    /// A secret whose password is unknown to everyone; equal arguments give equal secrets.
    fileprivate static func mock(user: String, processSecret: [UInt8], iterations: Int) -> ScramSecret {
        func bytes(_ label: String) -> [UInt8] {
            let key = SymmetricKey(data: processSecret)
            return Array(HMAC<SHA256>.authenticationCode(for: Array("\(label) \(user)".utf8), using: key))
        }
        let salt = Array(bytes("salt").prefix(ScramParameters.defaultSaltByteCount))
        guard
            let parameters = ScramParameters(salt: salt, iterations: iterations)
                ?? ScramParameters(salt: salt, iterations: ScramParameters.defaultIterations),
            let storedKey = ScramKey(bytes("stored key")), let serverKey = ScramKey(bytes("server key"))
        else { preconditionFailure("a SHA-256 code has 32 bytes") }
        return ScramSecret(parameters: parameters, storedKey: storedKey, serverKey: serverKey)
    }
}
