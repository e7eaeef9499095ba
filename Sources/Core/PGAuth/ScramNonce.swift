/// One side's half of a SCRAM nonce: printable ASCII without comma.
package struct ScramNonce: Hashable, Sendable {
    package let text: [UInt8]

    /// 18 random bytes in base64, as PostgreSQL makes them.
    package init(using generator: inout some RandomNumberGenerator) {
        // Three words, because each may be a system call.
        let words: [UInt64] = [generator.next(), generator.next(), generator.next()]
        let bytes = words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
        text = Base64.encode(Array(bytes.prefix(18)))
    }

    /// A given text, for test vectors; `nil` unless it is a non-empty RFC 5802 `printable`.
    package init?(text: [UInt8]) {
        guard !text.isEmpty, text.allSatisfy(Self.isPrintable) else { return nil }
        self.text = text
    }

    /// `printable` of RFC 5802 section 7.
    package static func isPrintable(_ byte: UInt8) -> Bool {
        byte >= 0x21 && byte <= 0x7E && byte != UInt8(ascii: ",")
    }
}
