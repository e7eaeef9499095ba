import IOEngine
import PGAuth
import PGWire

/// A client's side of the password dialogue.
struct PasswordProof {
    let user: String
    let password: String
    private var scram: ScramClient?

    init(user: String, password: String) {
        self.user = user
        self.password = password
    }

    /// The bytes to send, if there are any.
    mutating func answer(to request: Authentication, using random: inout SeededRandom) throws -> [UInt8]? {
        var writer = WireWriter()
        switch request {
        case .md5Password(let salt):
            let proof = MD5Password(password: Array(password.utf8), user: user)
            writer.passwordMessage(proof.response(salt: salt))
        case .sasl:
            let begun = ScramClient(nonce: ScramNonce(using: &random))
            writer.saslInitialResponse(mechanism: "SCRAM-SHA-256", begun.clientFirst)
            scram = begun
        case .saslContinue(let message):
            guard var scram else { throw ScramError.unexpectedMessage(.serverFirst) }
            let parameters = try scram.handle(serverFirst: message)
            let keys = ScramKeys.derive(password: Array(password.utf8), parameters: parameters)
            writer.saslResponse(try scram.respond(with: keys))
            self.scram = scram
        case .saslFinal(let message):
            try scram?.handle(serverFinal: message)
            return nil
        default: return nil
        }
        return writer.bytes
    }
}
