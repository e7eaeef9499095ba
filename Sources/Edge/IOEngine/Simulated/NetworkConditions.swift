/// The conditions of a simulated network.
package struct NetworkConditions: Hashable, Sendable {
    /// The travel time of bytes, in nanoseconds.
    package var latency: ClosedRange<Int64> = 10_000...100_000
    /// The probability that a run of bytes is torn into pieces on its way.
    package var tearing = 0.0
    /// The capacity of each direction of a connection between sender and receiver; drawn for each direction.
    package var windowBytes: ClosedRange<Int> = 65_536...65_536
    /// The probability that a socket takes fewer bytes than it has room for.
    package var shortSend = 0.0
    /// The probability that an engine discovers only after it has taken bytes that there was no room for them.
    package var lateCongestion = 0.0
    /// The probability that a completion already found in a turn is still reported after its socket was closed.
    package var staleCompletion = 0.0
    /// The probability that a socket with something to report has to wait for the next turn.
    package var lateReport = 0.0
    /// The probability that bytes that arrived before a reset are lost with it.
    package var lossAtReset = 0.5
    /// The maximum number of bytes in one completion.
    package var pieceBytes = 65_536

    package init() {}

    /// Whether long runs of bytes take very many steps.
    package var isNarrow: Bool { windowBytes.lowerBound < 4096 || pieceBytes < 1024 }

    /// Nothing is torn, delayed or short.
    package static let calm = NetworkConditions()

    /// Everything happens frequently.
    package static let rough: NetworkConditions = {
        var conditions = NetworkConditions()
        conditions.latency = 1_000...5_000_000
        conditions.tearing = 0.5
        conditions.windowBytes = 64...16_384
        conditions.shortSend = 0.2
        conditions.lateCongestion = 0.5
        conditions.staleCompletion = 0.5
        conditions.lateReport = 0.2
        conditions.pieceBytes = 4096
        return conditions
    }()

    /// Draws the conditions for one history: each is absent from some histories, because one fault may hide another.
    package static func drawn(using random: inout SeededRandom) -> NetworkConditions {
        let rough = Self.rough
        var conditions = NetworkConditions()
        if random.happens(0.5) { conditions.latency = rough.latency }
        if random.happens(0.7) { conditions.tearing = rough.tearing }
        if random.happens(0.5) { conditions.windowBytes = rough.windowBytes }
        if random.happens(0.3) { conditions.shortSend = rough.shortSend }
        if random.happens(0.5) { conditions.lateCongestion = rough.lateCongestion }
        if random.happens(0.7) { conditions.staleCompletion = rough.staleCompletion }
        if random.happens(0.5) { conditions.lateReport = rough.lateReport }
        if random.happens(0.5) { conditions.pieceBytes = random.element(of: [16, 256, 4096]) }
        return conditions
    }
}
