import MonotonicTime

/// What a run does to its target.
package struct LoadOptions: Hashable, Sendable {
    /// What decides when a transaction begins.
    package enum Loop: Hashable, Sendable {
        /// Each client begins the next transaction when its last one is answered, after an optional pause.
        case closed(think: ThinkTime?)
        /// Transactions are due at times of their own, `rate` in a second; the first free client takes them.
        case open(rate: Double, pattern: ArrivalPattern)
    }

    /// How a statement is sent; pgbench's words.
    package enum QueryProtocol: String, CaseIterable, Sendable {
        /// One Query message with everything written into it.
        case simple
        /// Parse, Bind, Describe, Execute and Sync each time.
        case extended
        /// Parsed once for each connection; then Bind, Describe, Execute and Sync.
        case prepared
    }

    package var clients = 16
    /// How long is measured, without the warm-up; `nil` if ``transactions`` is the only limit.
    package var duration: Duration? = .seconds(30)
    /// How many transactions are measured, of all clients together; `nil` if ``duration`` is the only limit.
    package var transactions: Int?
    /// How long the load runs before anything is counted.
    package var warmUp: Duration = .seconds(2)
    package var loop = Loop.closed(think: nil)
    package var queryProtocol = QueryProtocol.simple
    /// A new connection for each transaction.
    package var connectsEachTime = false
    package var seed: UInt64 = 1
    /// How long transactions that have begun may go on after the end.
    package var grace: Duration = .seconds(10)

    package init() {}

    package var isOpenLoop: Bool { if case .open = loop { true } else { false } }
}

extension LoadOptions {
    /// One line that says what was measured.
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

    /// What must be known to read the latencies, in one sentence.
    package var coordinatedOmission: String {
        isOpenLoop
            ? "Open loop: response time counts from the moment a transaction was due, so waiting for a free client is in"
                + " it (no coordinated omission); service time counts from its sending. Own delay is how late weir bench began"
                + " transactions for which a client was free."
            : "Closed loop: while an answer is slow its client sends nothing, so slow moments are sampled too rarely"
                + " (coordinated omission) and users who arrive independently see higher latencies; --rate measures those."
    }
}
