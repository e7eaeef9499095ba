/// The client's side of one SCRAM-SHA-256 exchange, with or without channel binding.
///
/// The steps are, in order: ``clientFirst`` is sent, ``handle(serverFirst:)`` returns the parameters of the keys,
/// ``respond(with:)`` returns the final message, ``handle(serverFinal:)`` checks that the server knew the secret too.
/// The state machine never sees a password, so that its owner can cache derived keys, or use captured ones (SCRAM
/// pass-through).
///
/// Source: RFC 5802, RFC 7677; PostgreSQL, sasl-authentication.html
package struct ScramClient: Sendable, Redacted {
    /// The limit for iterations: a server must not be able to make the client hash for minutes.
    package static let maximumIterations = 10_000_000

    private enum State: Sendable {
        case awaitingServerFirst
        case awaitingKeys(Challenge)
        case awaitingServerFinal(signature: ScramKey)
        case over
    }

    private struct Challenge: Sendable {
        var parameters: ScramParameters
        var nonce: [UInt8]
        var serverFirst: [UInt8]
    }

    private let nonce: ScramNonce
    private let userName: [UInt8]
    private let binding: ScramBinding
    private var state = State.awaitingServerFirst
    /// Whether the server has proved itself. AuthenticationOk before that must not be trusted.
    package private(set) var isComplete = false

    /// - Parameters:
    ///   - userName: for test vectors. PostgreSQL ignores it, and libpq sends none, because the start-up message names
    ///     the user.
    ///   - binding: a certificate hash requires ``mechanismPlus``.
    package init(nonce: ScramNonce, userName: [UInt8] = [], binding: ScramBinding = .unsupported) {
        self.nonce = nonce
        self.userName = userName
        self.binding = binding
    }

    /// SCRAM-SHA-256 with channel binding.
    package static let mechanismPlus = "SCRAM-SHA-256-PLUS"

    /// Whether a server that has proved itself is also the other end of the TLS connection.
    package var isBound: Bool {
        if case .tlsServerEndPoint = binding { isComplete } else { false }
    }

    /// The mechanism to answer AuthenticationSASL with; `nil` if the server offers no supported one.
    ///
    /// SCRAM-SHA-256-PLUS is ignored: a client that can bind requests ``mechanismPlus``.
    package static func mechanism(among offered: [String]) -> String? {
        offered.first { $0 == ScramServer.mechanism }
    }

    /// The data of SASLInitialResponse.
    package var clientFirst: [UInt8] { binding.header + clientFirstBare }

    private var clientFirstBare: [UInt8] { Array("n=".utf8) + userName + Array(",r=".utf8) + nonce.text }

    /// Handles the data of AuthenticationSASLContinue and returns the parameters of the keys needed.
    package mutating func handle(serverFirst message: [UInt8]) throws(ScramError) -> ScramParameters {
        guard case .awaitingServerFirst = state else { throw fail(.unexpectedMessage(.serverFirst)) }
        state = .over

        var attributes = try ScramAttributes(message[...], of: .serverFirst)
        if attributes.next == UInt8(ascii: "m") { throw .unsupportedExtension }
        let joined = try attributes.value(of: "r")
        guard joined.allSatisfy(ScramNonce.isPrintable) else { throw .malformed(.serverFirst, .nonce) }
        guard joined.starts(with: nonce.text), joined.count > nonce.text.count else { throw .nonceMismatch }
        let salt = try attributes.base64("s")
        let count = Decimal.parse(try attributes.value(of: "i"))
        while !attributes.isAtEnd { _ = try attributes.any() }  // optional extensions
        guard let count, count > 0 else { throw .malformed(.serverFirst, .iterations) }
        guard count <= Self.maximumIterations else { throw .tooManyIterations(count) }
        guard let parameters = ScramParameters(salt: salt, iterations: count) else {
            throw .malformed(.serverFirst, .base64)  // an empty salt
        }
        state = .awaitingKeys(Challenge(parameters: parameters, nonce: Array(joined), serverFirst: message))
        return parameters
    }

    /// Returns the data of SASLResponse: the proof that the client has the keys.
    ///
    /// - Throws: ``ScramError/keysForOtherParameters`` if the keys do not match the parameters just returned. Nothing
    ///   is sent then, so a server never sees a proof that it can only reject.
    package mutating func respond(with keys: ScramKeys) throws(ScramError) -> [UInt8] {
        guard case .awaitingKeys(let challenge) = state else { throw fail(.unexpectedMessage(.clientFinal)) }
        state = .over
        guard keys.parameters == challenge.parameters else { throw .keysForOtherParameters }

        let withoutProof =
            Array("c=".utf8) + Base64.encode(binding.input) + Array(",r=".utf8) + challenge.nonce
        let transcript = ScramTranscript.join(clientFirstBare, challenge.serverFirst, withoutProof)
        let proof = keys.clientKey ^ keys.storedKey.authenticate(transcript)
        state = .awaitingServerFinal(signature: keys.serverKey.authenticate(transcript))
        return withoutProof + Array(",p=".utf8) + Base64.encode(proof.bytes)
    }

    /// Checks the data of AuthenticationSASLFinal. Returns if the server has proved that it knows the secret.
    package mutating func handle(serverFinal message: [UInt8]) throws(ScramError) {
        guard case .awaitingServerFinal(let expected) = state else { throw fail(.unexpectedMessage(.serverFinal)) }
        state = .over

        var attributes = try ScramAttributes(message[...], of: .serverFinal)
        if attributes.next == UInt8(ascii: "e") {
            let reason = try attributes.value(of: "e")
            throw .refusedByServer(String(decoding: reason, as: UTF8.self))
        }
        let signature = try attributes.base64("v")
        try attributes.end()
        guard let signature = ScramKey(signature) else { throw .malformed(.serverFinal, .base64) }
        guard signature == expected else { throw .serverSignatureMismatch }
        isComplete = true
    }

    private mutating func fail(_ error: ScramError) -> ScramError {
        state = .over
        return error
    }
}
