import Pooler

/// One line at the foot of a terminal that says how the pooler does. Nobody watching, nothing printed.
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

    /// Makes room for other words.
    func clear() {
        if Terminal.isWatched, last != nil { Terminal.show("\r\u{1B}[K") }
    }

    private func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
