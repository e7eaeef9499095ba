/// The state of a run at one moment.
package struct LoadProgress: Hashable, Sendable {
    package enum Stage: String, Sendable {
        case connecting
        case warmUp = "warming up"
        case measuring
        case ending
    }

    package var stage: Stage
    /// The time since the stage began.
    package var elapsed: Duration
    /// The completed share of the stage, 0…1; `nil` if unknown.
    package var share: Double?
    /// The recent rate of transactions per second.
    package var rate: Double
    /// The recent 99th percentile of latency, in nanoseconds; response time in the open loop.
    package var p99: Int64
    /// The transactions and connections that have failed since the load began.
    package var errors: UInt64
    package var connected: Int
    package var clients: Int
    /// The delay of the open loop: the age of the oldest transaction that is due and has not begun.
    package var lag: Duration

    package init(
        stage: Stage, elapsed: Duration, share: Double?, rate: Double, p99: Int64, errors: UInt64, connected: Int,
        clients: Int, lag: Duration
    ) {
        self.stage = stage
        self.elapsed = elapsed
        self.share = share
        self.rate = rate
        self.p99 = p99
        self.errors = errors
        self.connected = connected
        self.clients = clients
        self.lag = lag
    }

    /// One line; with a progress bar if it fits into `width` columns.
    package func line(width: Int?) -> String {
        var text = "\(stage.rawValue) \(Text.seconds(elapsed)) s"
        switch stage {
        case .connecting: text += "  \(connected) of \(clients) clients"
        case .warmUp, .measuring, .ending:
            text += "  \(Text.rate(rate)) tps  p99 \(Text.milliseconds(Double(p99))) ms  \(Text.count(errors)) errors"
            if connected < clients { text += "  \(connected) of \(clients) clients" }
            if lag > .milliseconds(1) { text += "  \(Text.seconds(lag)) s late" }
        }
        guard let width, let share else { return text }
        let room = width - text.count - 3
        guard room >= 10 else { return String(text.prefix(max(0, width))) }
        let length = min(room, 30)
        let full = Int((min(max(share, 0), 1) * Double(length)).rounded(.down))
        return "[" + String(repeating: "#", count: full) + String(repeating: ".", count: length - full) + "] " + text
    }
}
