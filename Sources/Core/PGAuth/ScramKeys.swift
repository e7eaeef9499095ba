import Crypto
import CryptoExtras

/// The keys derived from a password and its ``ScramParameters``: enough to log in to a server, and to authenticate a
/// client.
///
/// They have two sources: ``derive(password:parameters:)``, the expensive step, and a client that has just proved its
/// password to ``ScramServer`` (SCRAM pass-through).
package struct ScramKeys: Equatable, Sendable, Redacted {
    package let parameters: ScramParameters
    /// The proof of the password; equivalent to the password for every secret with the same parameters.
    package let clientKey: ScramKey
    /// H(ClientKey), which a server stores to check the proof.
    package let storedKey: ScramKey
    /// The key that a server stores to prove that it knew the secret.
    package let serverKey: ScramKey

    package init(parameters: ScramParameters, clientKey: ScramKey, serverKey: ScramKey) {
        self.init(
            parameters: parameters, clientKey: clientKey, storedKey: clientKey.hashed, serverKey: serverKey)
    }

    /// For a `storedKey` that is known to be the hash of `clientKey`.
    init(parameters: ScramParameters, clientKey: ScramKey, storedKey: ScramKey, serverKey: ScramKey) {
        self.parameters = parameters
        self.clientKey = clientKey
        self.storedKey = storedKey
        self.serverKey = serverKey
    }

    /// Derives the keys from a password, after SASLprep.
    ///
    /// This is the one slow operation of this module: about half a millisecond for 4096 iterations, so cache the
    /// result.
    ///
    /// - Complexity: O(`parameters.iterations`)
    ///
    /// Source: RFC 5802 section 3, with Hi() = PBKDF2-HMAC-SHA-256
    package static func derive(password: [UInt8], parameters: ScramParameters) -> ScramKeys {
        let salted = hi(SASLprep.prepare(password), parameters)
        return ScramKeys(
            parameters: parameters,
            clientKey: salted.authenticate(Array("Client Key".utf8)),
            serverKey: salted.authenticate(Array("Server Key".utf8)))
    }

    private static func hi(_ password: [UInt8], _ parameters: ScramParameters) -> ScramKey {
        let derived = try? KDF.Insecure.PBKDF2.deriveKey(
            from: password, salt: parameters.salt, using: .sha256, outputByteCount: SHA256.byteCount,
            unsafeUncheckedRounds: parameters.iterations)
        guard let derived, let key = ScramKey(unsafe derived.withUnsafeBytes { unsafe Array($0) }) else {
            preconditionFailure("PBKDF2 only fails on arguments that ScramParameters excludes")
        }
        return key
    }
}
