package import PGAuth

/// Caches the keys derived from the one password of a run: otherwise half a millisecond of hashing for each connection
/// would dominate the measurement.
package struct ScramKeyCache: Sendable {
    private var entries: [ScramKeys] = []
    /// A server has one secret per user, but a pooler in front of several servers may see several.
    private static let limit = 8

    package init() {}

    package mutating func keys(password: PlainPassword, parameters: ScramParameters) -> ScramKeys {
        if let known = entries.first(where: { $0.parameters == parameters }) { return known }
        let keys = ScramKeys.derive(password: password.bytes, parameters: parameters)
        if entries.count == Self.limit { entries.removeFirst() }
        entries.append(keys)
        return keys
    }
}
