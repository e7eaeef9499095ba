/// One side's part of a SCRAM nonce: printable ASCII without comma.
package struct ScramNonce: Hashable, Sendable {
    package let text: [UInt8]

    /// Creates a nonce of 18 random bytes in base64, as PostgreSQL does.
    package init(using generator: inout some RandomNumberGenerator) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(18)
        // Three draws, because each may be a system call.
        for count in [8, 8, 2] {
            let word: UInt64 = generator.next()
            for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(8 * index))) }
        }
        text = Base64.encode(bytes)
    }

    /// Creates a nonce from a given text, for test vectors; `nil` unless it is a non-empty RFC 5802 `printable`.
    package init?(text: [UInt8]) {
        guard !text.isEmpty, text.allSatisfy(Self.isPrintable) else { return nil }
        self.text = text
    }

    /// Whether the byte is `printable` of RFC 5802 section 7.
    package static func isPrintable(_ byte: UInt8) -> Bool {
        byte >= 0x21 && byte <= 0x7E && byte != UInt8(ascii: ",")
    }
}
