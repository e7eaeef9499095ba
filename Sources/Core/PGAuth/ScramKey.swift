import Crypto

/// One of SCRAM-SHA-256's keys, proofs or signatures: always 32 bytes, never printed, compared in constant time.
package struct ScramKey: Sendable, Redacted {
    package let bytes: [UInt8]

    /// Creates a key; `nil` unless there are exactly 32 bytes.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == SHA256.byteCount else { return nil }
        self.bytes = bytes
    }

    init(digest: some Sequence<UInt8>) {
        bytes = Array(digest)
    }

    /// H(key) of RFC 5802, which converts a ClientKey to a StoredKey.
    var hashed: ScramKey { ScramKey(digest: SHA256.hash(data: bytes)) }

    /// HMAC(key, message) of RFC 5802.
    package func authenticate(_ message: [UInt8]) -> ScramKey {
        ScramKey(digest: HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: bytes)))
    }

    package static func ^ (left: ScramKey, right: ScramKey) -> ScramKey {
        ScramKey(digest: zip(left.bytes, right.bytes).lazy.map { $0 ^ $1 })
    }
}

extension ScramKey: Equatable {
    package static func == (left: ScramKey, right: ScramKey) -> Bool {
        ConstantTime.equal(left.bytes, right.bytes)
    }
}
