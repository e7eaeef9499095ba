import MonotonicTime

extension LoadReport {
    /// The report in machine-readable form. Times are in milliseconds, the bounds of the histogram in whole
    /// nanoseconds.
    package var json: JSON {
        .object([
            ("target", .string(target)),
            ("server_version", serverVersion.map { .string($0) } ?? .null),
            ("options", options.json),
            ("interrupted", .bool(wasInterrupted)),
            ("elapsed_seconds", .number(elapsed / .seconds(1))),
            ("transactions", .count(tally.succeeded)),
            ("failed", .count(tally.failed)),
            ("not_begun", .count(tally.notBegun)),
            ("abandoned", .count(tally.abandoned)),
            ("tps", .number(transactionsPerSecond)),
            (
                "latency_ms",
                .object([
                    ("service", tally.service.json), ("response", options.isOpenLoop ? tally.response.json : .null),
                    ("own_delay", options.isOpenLoop ? tally.ownDelay.json : .null),
                    ("connecting", tally.connecting.json),
                ])
            ),
            ("coordinated_omission", .string(options.coordinatedOmission)),
            (
                "connections",
                .object([
                    ("clients_at_start", .integer(Int64(connectedClients))),
                    ("made", .count(tally.connecting.count)), ("lost", .count(tally.lostConnections)),
                    ("failed", .count(tally.failedConnections)),
                ])
            ),
            ("errors", .array(tally.failures.entries.map(\.json))),
            (
                "bytes",
                .object([("sent", .count(tally.bytesSent)), ("received", .count(tally.bytesReceived))])
            ),
            (
                "warm_up",
                .object([("transactions", .count(warmUpFinished)), ("failed", .count(warmUpFailed))])
            ),
            ("generator_load", generatorLoad.map { .number($0) } ?? .null),
            ("warnings", .array(warnings.map { .string($0) })),
            (
                "histogram_ns",
                .object([
                    ("service", tally.service.bucketsJSON),
                    ("response", options.isOpenLoop ? tally.response.bucketsJSON : .null),
                    ("connecting", tally.connecting.bucketsJSON),
                ])
            ),
        ])
    }
}

extension LoadOptions {
    var json: JSON {
        var members: [(name: String, value: JSON)] = [
            ("clients", .integer(Int64(clients))),
            ("duration_seconds", duration.map { .number($0 / .seconds(1)) } ?? .null),
            ("transactions", transactions.map { .integer(Int64($0)) } ?? .null),
            ("warm_up_seconds", .number(warmUp / .seconds(1))),
            ("protocol", .string(queryProtocol.rawValue)),
            ("connect_each", .bool(connectsEachTime)),
            ("seed", .count(seed)),
        ]
        switch loop {
        case .closed(let think):
            members.append(("loop", .string("closed")))
            if let think {
                let mean = Double(think.mean.wholeNanoseconds) / 1e6
                let parts: [(name: String, value: JSON)] = [
                    ("mean_ms", .number(mean)), ("pattern", .string(think.pattern.rawValue)),
                ]
                members.append(("think_time", .object(parts)))
            }
        case .open(let rate, let pattern):
            members += [("loop", .string("open")), ("rate", .number(rate)), ("arrival", .string(pattern.rawValue))]
        }
        return .object(members)
    }
}

extension FailureCount {
    var json: JSON {
        .object([
            ("stage", .string(kind.stage.rawValue)), ("code", .string(kind.code)), ("count", .count(count)),
            ("first_message", .string(firstMessage)),
        ])
    }
}

extension LatencyHistogram {
    /// The usual figures in milliseconds; `null` if nothing was recorded.
    var json: JSON {
        guard !isEmpty else { return .null }
        func milliseconds(_ nanoseconds: Double) -> JSON { .number((nanoseconds / 1e3).rounded() / 1e3) }
        var members: [(name: String, value: JSON)] = [
            ("count", .count(count)), ("min", milliseconds(Double(lowest))), ("mean", milliseconds(mean)),
            ("stddev", milliseconds(standardDeviation)),
        ]
        for (name, percent) in LoadReport.percentiles {
            members.append((name, milliseconds(Double(percentile(percent)))))
        }
        members.append(("max", milliseconds(Double(highest))))
        return .object(members)
    }

    /// `[lowest, highest, count]` for each bucket that is not empty.
    var bucketsJSON: JSON {
        .array(
            buckets.map { bucket in
                .array([.integer(bucket.range.lowerBound), .integer(bucket.range.upperBound), .count(bucket.count)])
            })
    }
}
