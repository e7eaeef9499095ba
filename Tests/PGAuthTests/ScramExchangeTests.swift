import PGAuth
import SeededChance
import Testing

/// This module's client against its server.
@Suite("SCRAM between ScramClient and ScramServer")
struct ScramExchangeTests {
    /// Runs an exchange to its end and returns the result of each side.
    private func play(
        _ client: inout ScramClient, _ server: inout ScramServer, keys: (ScramParameters) -> ScramKeys
    ) throws -> ScramServer.Success {
        let serverFirst = try server.handle(clientFirst: client.clientFirst)
        let parameters = try client.handle(serverFirst: serverFirst)
        let success = try server.handle(clientFinal: client.respond(with: keys(parameters)))
        try client.handle(serverFinal: success.serverFinal)
        return success
    }

    @Test(arguments: 0..<50 as Range<UInt64>)
    func onlyTheRightPasswordIsAccepted(seed: UInt64) throws {
        var chance = SplitMix64(seed: seed)
        let length = Int.random(in: 1...40, using: &chance)
        let password = (0..<length).map { _ in UInt8.random(in: 1...255, using: &chance) }
        let iterations = Int.random(in: 1...50, using: &chance)
        let secret = ScramSecret(
            password: password, parameters: ScramParameters(iterations: iterations, using: &chance))

        var client = ScramClient(nonce: ScramNonce(using: &chance))
        var server = ScramServer(secret: secret, nonce: ScramNonce(using: &chance))
        _ = try play(&client, &server) { ScramKeys.derive(password: password, parameters: $0) }
        #expect(client.isComplete)

        var stranger = ScramClient(nonce: ScramNonce(using: &chance))
        server = ScramServer(secret: secret, nonce: ScramNonce(using: &chance))
        #expect(throws: ScramError.proofMismatch) {
            _ = try play(&stranger, &server) { ScramKeys.derive(password: password + [1], parameters: $0) }
        }
        #expect(!stranger.isComplete)
    }

    @Test func capturedKeysWorkOnEveryServerWithTheSameSecret() throws {
        var chance = SplitMix64(seed: 1)
        let parameters = ScramParameters(iterations: 10, using: &chance)
        let secret = ScramSecret(password: bytes("pencil"), parameters: parameters)
        var client = ScramClient(nonce: ScramNonce(using: &chance))
        var pooler = ScramServer(secret: secret, nonce: ScramNonce(using: &chance))
        let captured = try play(&client, &pooler) { ScramKeys.derive(password: bytes("pencil"), parameters: $0) }.keys

        var poolersClient = ScramClient(nonce: ScramNonce(using: &chance))
        var postgres = ScramServer(secret: secret, nonce: ScramNonce(using: &chance))
        _ = try play(&poolersClient, &postgres) { _ in captured }
        #expect(poolersClient.isComplete)
    }

    @Test(arguments: [false, true])
    func capturedKeysAreNotSentToAServerWithAnotherSecret(sameSalt: Bool) throws {
        var chance = SplitMix64(seed: 2)
        let own = ScramParameters(iterations: 10, using: &chance)
        let salt = sameSalt ? own.salt : own.salt.reversed()
        let other = try #require(ScramParameters(salt: salt, iterations: sameSalt ? 11 : 10))
        let secret = ScramSecret(password: bytes("pencil"), parameters: other)
        var client = ScramClient(nonce: ScramNonce(using: &chance))
        var postgres = ScramServer(secret: secret, nonce: ScramNonce(using: &chance))
        #expect(throws: ScramError.keysForOtherParameters) {
            _ = try play(&client, &postgres) { _ in ScramKeys.derive(password: bytes("pencil"), parameters: own) }
        }
    }

    @Test func aServerThatDoesNotKnowTheSecretIsDetected() throws {
        var chance = SplitMix64(seed: 3)
        let keys = ScramKeys.derive(
            password: bytes("pencil"), parameters: ScramParameters(iterations: 10, using: &chance))
        let zeroes = try #require(ScramKey(Array(repeating: 0, count: 32)))
        let half = ScramSecret(parameters: keys.parameters, storedKey: keys.storedKey, serverKey: zeroes)
        var client = ScramClient(nonce: ScramNonce(using: &chance))
        var impostor = ScramServer(secret: half, nonce: ScramNonce(using: &chance))
        #expect(throws: ScramError.serverSignatureMismatch) { _ = try play(&client, &impostor) { _ in keys } }
        #expect(!client.isComplete)
    }

    @Test func anUnknownUserLooksLikeAKnownOne() throws {
        var chance = SplitMix64(seed: 4)
        func salt(_ user: String, _ processSecret: String, iterations: Int = 4096) throws -> ScramParameters {
            var client = ScramClient(nonce: ScramNonce(using: &chance))
            var mock = ScramServer(
                mockFor: user, processSecret: bytes(processSecret), iterations: iterations,
                nonce: ScramNonce(using: &chance))
            return try client.handle(serverFirst: mock.handle(clientFirst: client.clientFirst))
        }
        let first = try salt("nobody", "abc")
        #expect(first.salt.count == 16)
        #expect(first.iterations == 4096)
        #expect(try salt("nobody", "abc") == first)
        #expect(try salt("noone", "abc").salt != first.salt)
        #expect(try salt("nobody", "abd").salt != first.salt)
        #expect(try salt("nobody", "abc", iterations: 100).iterations == 100)
        #expect(try salt("nobody", "abc", iterations: 0).iterations == 4096)
    }

    @Test func anUnknownUserIsNeverAccepted() throws {
        var chance = SplitMix64(seed: 5)
        var client = ScramClient(nonce: ScramNonce(using: &chance))
        var mock = ScramServer(
            mockFor: "nobody", processSecret: [1, 2, 3], iterations: 10, nonce: ScramNonce(using: &chance))
        #expect(throws: ScramError.proofMismatch) {
            _ = try play(&client, &mock) { ScramKeys.derive(password: bytes("pencil"), parameters: $0) }
        }
    }

    @Test func messagesOutOfSequenceEndTheExchange() throws {
        var chance = SplitMix64(seed: 6)
        let keys = ScramKeys.derive(password: [65], parameters: ScramParameters(iterations: 1, using: &chance))
        let secret = ScramSecret(keys: keys)
        let hello = bytes("n,,n=,r=abc")

        var server = ScramServer(secret: secret, nonce: ScramNonce(using: &chance))
        #expect(throws: ScramError.unexpectedMessage(.clientFinal)) { try server.handle(clientFinal: hello) }
        #expect(throws: ScramError.unexpectedMessage(.clientFirst)) { try server.handle(clientFirst: hello) }

        server = ScramServer(secret: secret, nonce: ScramNonce(using: &chance))
        _ = try server.handle(clientFirst: hello)
        #expect(throws: ScramError.unexpectedMessage(.clientFirst)) { try server.handle(clientFirst: hello) }
        #expect(throws: ScramError.unexpectedMessage(.clientFinal)) { try server.handle(clientFinal: hello) }

        var client = ScramClient(nonce: ScramNonce(using: &chance))
        #expect(throws: ScramError.unexpectedMessage(.serverFinal)) { try client.handle(serverFinal: bytes("v=")) }
        #expect(throws: ScramError.unexpectedMessage(.serverFirst)) { try client.handle(serverFirst: bytes("r=")) }
        client = ScramClient(nonce: ScramNonce(using: &chance))
        #expect(throws: ScramError.unexpectedMessage(.clientFinal)) { try client.respond(with: keys) }
    }

    @Test func aSecondProofIsNotChecked() throws {
        var chance = SplitMix64(seed: 7)
        let keys = ScramKeys.derive(password: [65], parameters: ScramParameters(iterations: 1, using: &chance))
        var client = ScramClient(nonce: ScramNonce(using: &chance))
        var server = ScramServer(secret: ScramSecret(keys: keys), nonce: ScramNonce(using: &chance))
        _ = try client.handle(serverFirst: server.handle(clientFirst: client.clientFirst))
        let final = try client.respond(with: keys)
        _ = try? server.handle(clientFinal: final.dropLast(4) + bytes("AAA="))
        #expect(throws: ScramError.unexpectedMessage(.clientFinal)) { try server.handle(clientFinal: final) }
    }

    @Test func theClientChoosesTheMechanismItSupports() {
        #expect(ScramClient.mechanism(among: ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"]) == "SCRAM-SHA-256")
        #expect(ScramClient.mechanism(among: ["SCRAM-SHA-256-PLUS", "OAUTHBEARER"]) == nil)
        #expect(ScramClient.mechanism(among: []) == nil)
    }

    @Test func noncesHaveTheFormOfPostgreSQLs() {
        var chance = SplitMix64(seed: 8)
        let nonces = (0..<100).map { _ in ScramNonce(using: &chance) }
        #expect(Set(nonces).count == 100)
        #expect(nonces.allSatisfy { $0.text.count == 24 && $0.text.allSatisfy(ScramNonce.isPrintable) })
    }
}
