package import PGAuth

/// Derived keys of the one password of a run: without it, half a millisecond of hashing for each connection would be
/// most of what is measured.
package struct ScramKeyCache: Sendable {
    private var entries: [ScramKeys] = []
    /// Servers with several secrets for one user do not exist; poolers in front of several servers do.
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
