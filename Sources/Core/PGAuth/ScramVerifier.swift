import Crypto

/// Verifies the clients of one user: a secret, and its keys prepared for signing.
///
/// HMAC hashes its key before it hashes a message, which is half of the work for messages as short as SCRAM's. The
/// verifier does that once, so keep it. It is a class because a log-in hands it on several times, and a copy of all
/// its keys would count seven references.
package final class ScramVerifier: Sendable, Redacted {
    package let secret: ScramSecret
    private let storedKey: HMAC<SHA256>
    private let serverKey: HMAC<SHA256>

    package init(_ secret: ScramSecret) {
        self.secret = secret
        storedKey = HMAC(key: SymmetricKey(data: secret.storedKey.bytes))
        serverKey = HMAC(key: SymmetricKey(data: secret.serverKey.bytes))
    }

    /// ClientSignature of RFC 5802, with which a client's proof hides its key.
    func clientSignature(of transcript: [UInt8]) -> ScramKey { ScramKey(storedKey, signing: transcript) }

    /// ServerSignature of RFC 5802.
    func serverSignature(of transcript: [UInt8]) -> ScramKey { ScramKey(serverKey, signing: transcript) }
}

extension ScramKey {
    fileprivate init(_ code: HMAC<SHA256>, signing message: [UInt8]) {
        var code = code
        code.update(data: message)
        self.init(code: code.finalize())
    }
}
