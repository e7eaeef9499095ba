import PGWire
import RelayCore

/// Lets sessions with equal parameters share them: less memory per client, and comparing them for a link is one look.
struct ParameterSets {
    /// Applications choose the values, so their number is unbounded; beyond this number collecting starts over.
    private static let limit = 1_024

    private struct Entry {
        let set: TrackedParameters
        var messages: [UInt8]?
    }

    private var known: [TrackedParameters: Entry] = [:]

    /// The shared set that equals `parameters`.
    mutating func shared(_ parameters: TrackedParameters) -> TrackedParameters {
        if let entry = known[parameters] { return entry.set }
        if known.count >= Self.limit { known.removeAll() }
        known[parameters] = Entry(set: parameters)
        return parameters
    }

    /// That set, and the ParameterStatus messages that tell a client of it.
    mutating func shared(
        _ parameters: TrackedParameters, named names: TrackedNames
    ) -> (set: TrackedParameters, messages: [UInt8]) {
        if let entry = known[parameters], let messages = entry.messages { return (entry.set, messages) }
        let set = shared(parameters)
        var writer = WireWriter()
        for (index, name) in names.names.enumerated() {
            guard let value = set[index] else { continue }
            ParameterStatus(name: name, value: value).encode(into: &writer)
        }
        known[set]?.messages = writer.bytes
        return (set, writer.bytes)
    }
}
