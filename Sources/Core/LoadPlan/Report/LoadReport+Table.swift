extension LoadReport {
    /// The report in human-readable form, without a newline at its end.
    package var table: String {
        var lines = heading + [""]
        lines += counts + [""]
        lines += latencies
        lines += errors
        lines += [""] + Text.wrapped(options.coordinatedOmission)
        for warning in warnings { lines += Text.wrapped("Note: \(warning)") }
        return lines.joined(separator: "\n")
    }

    /// The target and the load.
    var heading: [String] {
        let warmUp = options.warmUp > .zero ? " after \(Text.seconds(options.warmUp)) s of warm-up" : ""
        return [
            "\(target)\(serverVersion.map { " (PostgreSQL \($0))" } ?? "")",
            "\(options.summary); measured for \(Text.seconds(elapsed)) s\(warmUp)",
        ]
    }

    private var counts: [String] {
        var table = TextTable()
        table.add(["transactions", Text.count(tally.succeeded), "\(Text.rate(transactionsPerSecond)) per second"])
        table.add(["failed", Text.count(tally.failed)])
        if options.isOpenLoop { table.add(["due, but not begun", Text.count(tally.notBegun)]) }
        table.add(["connections made", Text.count(tally.connecting.count)])
        table.add(["connections lost", Text.count(tally.lostConnections)])
        if tally.failedConnections > 0 { table.add(["connections failed", Text.count(tally.failedConnections)]) }
        table.add(["bytes sent", Text.bytes(tally.bytesSent), perTransaction(tally.bytesSent)])
        table.add(["bytes received", Text.bytes(tally.bytesReceived), perTransaction(tally.bytesReceived)])
        if let generatorLoad { table.add(["load of weir bench", Text.percent(generatorLoad), "of one processor"]) }
        return table.lines
    }

    private func perTransaction(_ bytes: UInt64) -> String {
        tally.finished == 0 ? "" : "\(Text.fixed(Double(bytes) / Double(tally.finished), 1)) per transaction"
    }

    /// The percentiles in every report.
    static let percentiles: [(name: String, percent: Double)] = [
        ("p50", 50), ("p90", 90), ("p95", 95), ("p99", 99), ("p99.9", 99.9),
    ]

    private var latencies: [String] {
        var table = TextTable()
        table.add(["milliseconds", "min", "mean"] + Self.percentiles.map(\.name) + ["max", "stddev"])
        func row(_ name: String, _ histogram: LatencyHistogram) {
            guard !histogram.isEmpty else { return table.add([name, "-"]) }
            var values = [Double(histogram.lowest), histogram.mean]
            values += Self.percentiles.map { Double(histogram.percentile($0.percent)) }
            values += [Double(histogram.highest), histogram.standardDeviation]
            table.add([name] + values.map(Text.milliseconds))
        }
        if options.isOpenLoop { row("response time", tally.response) }
        row("service time", tally.service)
        if options.isOpenLoop { row("own delay", tally.ownDelay) }
        row("connecting", tally.connecting)
        return table.lines
    }

    /// Every kind of failure with its first message; empty if there were none.
    var errors: [String] {
        guard !tally.failures.isEmpty else { return [] }
        var table = TextTable()
        for failure in tally.failures.entries {
            let times = Text.count(failure.count)
            table.add(["  \(failure.kind.code), \(failure.kind.stage.words)", times, ""])
        }
        let lines = zip(table.lines, tally.failures.entries).map { "\($0)  \($1.firstMessage)" }
        return ["", "errors"] + lines
    }
}

extension FailureKind.Stage {
    fileprivate var words: String {
        switch self {
        case .connecting: "connecting"
        case .statement: "statement"
        case .transaction: "connection lost in a transaction"
        case .idle: "idle connection lost"
        }
    }
}
