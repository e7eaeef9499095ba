import MonotonicTime

/// The settings of one run.
package struct LoadOptions: Hashable, Sendable {
    /// The rule that decides when a transaction begins.
    package enum Loop: Hashable, Sendable {
        /// Each client begins the next transaction when the last one is answered, after an optional pause.
        case closed(think: ThinkTime?)
        /// Transactions are due at predetermined times, `rate` per second; the first free client takes the next one.
        case open(rate: Double, pattern: ArrivalPattern)
    }

    /// How statements are sent, with pgbench's names.
    package enum QueryProtocol: String, CaseIterable, Sendable {
        /// One Query message that contains all values.
        case simple
        /// Parse, Bind, Describe, Execute and Sync for each statement.
        case extended
        /// Parse once per connection; then Bind, Describe, Execute and Sync.
        case prepared
    }

    package var clients = 16
    /// The measured time, without the warm-up; `nil` if ``transactions`` is the only limit.
    package var duration: Duration? = .seconds(30)
    /// The number of measured transactions of all clients; `nil` if ``duration`` is the only limit.
    package var transactions: Int?
    /// The time that the load runs before anything is counted.
    package var warmUp: Duration = .seconds(2)
    package var loop = Loop.closed(think: nil)
    package var queryProtocol = QueryProtocol.simple
    /// Whether to open a new connection for each transaction.
    package var connectsEachTime = false
    package var seed: UInt64 = 1
    /// The time allowed after the end for transactions that have begun.
    package var grace: Duration = .seconds(10)

    package init() {}

    package var isOpenLoop: Bool { if case .open = loop { true } else { false } }
}

extension LoadOptions {
    /// One line that describes the load.
    package var summary: String {
        var parts = ["\(clients) client\(clients == 1 ? "" : "s")"]
        switch loop {
        case .closed(let think):
            parts.append("closed loop")
            if let think {
                let mean = Text.milliseconds(Double(think.mean.wholeNanoseconds))
                parts.append("\(think.pattern.rawValue) think time \(mean) ms")
            }
        case .open(let rate, let pattern):
            parts.append("open loop, \(Text.rate(rate)) arrivals/s (\(pattern.rawValue))")
        }
        parts.append("\(queryProtocol.rawValue) protocol")
        if connectsEachTime { parts.append("a connection for each transaction") }
        return parts.joined(separator: ", ")
    }

    /// One sentence that explains how to interpret the latencies.
    package var coordinatedOmission: String {
        isOpenLoop
            ? "Open loop: response time counts from the moment a transaction was due, so it includes waiting for a free"
                + " client (no coordinated omission); service time counts from sending. Own delay is how late weir bench"
                + " began transactions for which a client was free."
            : "Closed loop: while an answer is slow its client sends nothing, so slow moments are sampled too rarely"
                + " (coordinated omission), and independent users see higher latencies; --rate measures those."
    }
}
