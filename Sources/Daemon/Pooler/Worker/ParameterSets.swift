import RelayCore

/// Lets sessions with equal parameters share them: less memory per client, and comparing them for a link is one look.
struct ParameterSets {
    /// Applications choose the values, so there is no end to them; beyond this the sets are collected anew.
    private static let limit = 1_024

    private var known: [TrackedParameters: TrackedParameters] = [:]

    /// The set that stands for all that are equal to `parameters`.
    mutating func shared(_ parameters: TrackedParameters) -> TrackedParameters {
        if let same = known[parameters] { return same }
        if known.count >= Self.limit { known.removeAll() }
        known[parameters] = parameters
        return parameters
    }
}
