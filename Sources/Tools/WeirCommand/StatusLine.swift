import Pooler

/// A line at the bottom of a terminal that shows the pooler's status. Prints nothing if the output is not a terminal.
struct StatusLine {
    private var last: (queries: UInt64, at: ContinuousClock.Instant)?

    mutating func show(_ status: PoolerStatus) {
        guard Terminal.isWatched else { return }
        let now = ContinuousClock.now
        var rate = 0.0
        if let last, status.queries >= last.queries {
            let passed = last.at.duration(to: now) / Duration.seconds(1)
            if passed > 0 { rate = Double(status.queries - last.queries) / passed }
        }
        last = (status.queries, now)
        let rounded = rate < 10 && rate > 0 ? String((rate * 10).rounded() / 10) : String(UInt64(rate.rounded()))
        let parts = [
            counted(status.clients, "client"), counted(status.servers, "server"), "\(status.waiting) waiting",
            "\(rounded) queries/s",
        ]
        Terminal.show("\r\u{1B}[K" + parts.joined(separator: ", "))
    }

    /// Clears the line before other output.
    func clear() {
        if Terminal.isWatched, last != nil { Terminal.show("\r\u{1B}[K") }
    }

    private func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
