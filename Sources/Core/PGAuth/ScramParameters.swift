/// The public half of a SCRAM secret, which the server sends to a client before authentication.
///
/// Hashable, so that derived keys can be cached by (password, parameters).
package struct ScramParameters: Hashable, Sendable {
    /// 1…``maximumSaltByteCount`` bytes. PostgreSQL uses 16.
    package let salt: [UInt8]
    /// The number of hash iterations, 1…2³¹−1. PostgreSQL's `scram_iterations` is 4096 by default.
    package let iterations: Int

    package static let defaultIterations = 4096
    package static let defaultSaltByteCount = 16
    package static let maximumSaltByteCount = 1024

    /// Creates parameters; `nil` if the salt's length or the number of iterations is out of range.
    package init?(salt: [UInt8], iterations: Int) {
        guard !salt.isEmpty, salt.count <= Self.maximumSaltByteCount else { return nil }
        guard iterations >= 1, iterations <= Int(Int32.max) else { return nil }
        self.salt = salt
        self.iterations = iterations
    }

    /// Creates parameters with a new random salt of 16 bytes.
    ///
    /// - Parameter iterations: `scram_iterations`; a number out of range gives the default, 4096.
    package init(iterations: Int = defaultIterations, using generator: inout some RandomNumberGenerator) {
        salt = (0..<Self.defaultSaltByteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        self.iterations = (1...Int(Int32.max)).contains(iterations) ? iterations : Self.defaultIterations
    }
}
