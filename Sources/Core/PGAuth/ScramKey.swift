import Crypto

/// One of SCRAM-SHA-256's keys, proofs or signatures: always 32 bytes, never printed, compared in constant time.
package struct ScramKey: Sendable, Redacted {
    package let bytes: [UInt8]

    /// Creates a key; `nil` unless there are exactly 32 bytes.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == SHA256.byteCount else { return nil }
        self.bytes = bytes
    }

    init(digest: SHA256.Digest) { bytes = unsafe digest.withUnsafeBytes { unsafe Array($0) } }

    init(code: HMAC<SHA256>.MAC) { bytes = unsafe code.withUnsafeBytes { unsafe Array($0) } }

    private init(xor left: [UInt8], _ right: [UInt8]) {
        var bytes = left
        for index in bytes.indices { bytes[index] ^= right[index] }
        self.bytes = bytes
    }

    /// H(key) of RFC 5802, which converts a ClientKey to a StoredKey.
    var hashed: ScramKey { ScramKey(digest: SHA256.hash(data: bytes)) }

    /// HMAC(key, message) of RFC 5802.
    package func authenticate(_ message: [UInt8]) -> ScramKey {
        ScramKey(code: HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: bytes)))
    }

    package static func ^ (left: ScramKey, right: ScramKey) -> ScramKey {
        ScramKey(xor: left.bytes, right.bytes)
    }
}

extension ScramKey: Equatable {
    package static func == (left: ScramKey, right: ScramKey) -> Bool {
        ConstantTime.equal(left.bytes, right.bytes)
    }
}
