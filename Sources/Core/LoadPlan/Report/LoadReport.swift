/// The results of a run.
package struct LoadReport: Equatable, Sendable {
    /// The target as connection parameters, without its password.
    package var target: String
    /// The version reported by the server; `nil` if no client could log in.
    package var serverVersion: String?
    package var options: LoadOptions
    /// The measured time.
    package var elapsed: Duration
    package var tally: LoadTally
    /// The transactions of the warm-up that finished, and how many of them failed.
    package var warmUpFinished: UInt64 = 0
    package var warmUpFailed: UInt64 = 0
    /// The number of clients that were connected when the load began.
    package var connectedClients: Int
    /// The share of the measured time that the load generator's thread spent on a processor; `nil` if unknown.
    package var generatorLoad: Double?
    package var wasInterrupted = false

    package init(
        target: String, serverVersion: String?, options: LoadOptions, elapsed: Duration, tally: LoadTally,
        connectedClients: Int
    ) {
        self.target = target
        self.serverVersion = serverVersion
        self.options = options
        self.elapsed = elapsed
        self.tally = tally
        self.connectedClients = connectedClients
    }

    /// Successful transactions per second.
    package var transactionsPerSecond: Double {
        let seconds = elapsed / .seconds(1)
        return seconds > 0 ? Double(tally.succeeded) / seconds : 0
    }

    /// The latencies to report: response time in the open loop, service time in the closed one.
    package var latency: LatencyHistogram { options.isOpenLoop ? tally.response : tally.service }

    /// The share of a processor above which the load generator itself affects the latencies.
    package static let busyGenerator = 0.85

    /// The facts that a reader must know to trust the numbers, one sentence each.
    package var warnings: [String] {
        var warnings: [String] = []
        if wasInterrupted { warnings.append("Ended early: the run was interrupted.") }
        if connectedClients < options.clients, !options.connectsEachTime {
            warnings.append(
                "Only \(connectedClients) of \(options.clients) clients had a connection when the load began; the others"
                    + " kept trying.")
        }
        if tally.notBegun > 0 {
            warnings.append(
                "\(Text.count(tally.notBegun)) transactions were due before the end and found no free client; response"
                    + " time includes them with the time they had waited so far, which is too little.")
        }
        if tally.abandoned > 0 {
            warnings.append("\(Text.count(tally.abandoned)) transactions were not answered in time after the end.")
        }
        if warmUpFailed > 0 {
            warnings.append(
                "\(Text.count(warmUpFailed)) of \(Text.count(warmUpFinished)) transactions of the warm-up failed.")
        }
        if let generatorLoad, generatorLoad > Self.busyGenerator {
            warnings.append(
                "weir bench itself was busy \(Text.percent(generatorLoad)) of the time: it may be the bottleneck, and"
                    + " latencies include its own delays.")
        }
        return warnings
    }

    /// Adds another run against the same target with the same options.
    package mutating func merge(_ other: LoadReport) {
        let both = (elapsed + other.elapsed) / .seconds(1)
        if let mine = generatorLoad, let its = other.generatorLoad, both > 0 {
            generatorLoad = (mine * (elapsed / .seconds(1)) + its * (other.elapsed / .seconds(1))) / both
        }
        serverVersion = serverVersion ?? other.serverVersion
        elapsed += other.elapsed
        tally.merge(other.tally)
        warmUpFinished += other.warmUpFinished
        warmUpFailed += other.warmUpFailed
        connectedClients = min(connectedClients, other.connectedClients)
        wasInterrupted = wasInterrupted || other.wasInterrupted
    }
}
