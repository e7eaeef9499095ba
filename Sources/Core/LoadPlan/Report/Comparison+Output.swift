extension Comparison {
    /// The comparison in human-readable form, without a newline at its end.
    package var table: String {
        let (first, second) = (first, second)
        var lines = [
            "first   \(first.heading[0])", "second  \(second.heading[0])",
            "\(first.options.summary); \(rounds.count) round\(rounds.count == 1 ? "" : "s"),"
                + " each side measured for \(Text.seconds(first.elapsed)) s in all",
            "",
        ]
        var table = TextTable()
        table.add(["", "first", "second", "second / first", "lowest", "highest"])
        for figure in Figure.allCases {
            let values = [first, second].map { report in
                let value = figure.value(in: report)
                return figure == .tps ? Text.rate(value) : Text.milliseconds(value)
            }
            let ratio = ratio(figure)
            let ratios = [ratio?.median, ratio?.lowest, ratio?.highest].map { $0.map { Text.fixed($0, 3) } ?? "-" }
            table.add([figure == .tps ? "transactions/s" : "\(latencyName) \(figure.rawValue), ms"] + values + ratios)
        }
        table.add(["failed", Text.count(first.tally.failed), Text.count(second.tally.failed)])
        table.add([
            "connections lost", Text.count(first.tally.lostConnections), Text.count(second.tally.lostConnections),
        ])
        lines += table.lines
        for (name, report) in [("first", first), ("second", second)] where !report.tally.failures.isEmpty {
            lines += report.errors.map { $0 == "errors" ? "errors of the \(name)" : $0 }
        }
        lines += ["", "The ratio is the median of the rounds; lowest and highest are its spread over them."]
        lines += Text.wrapped(first.options.coordinatedOmission)
        for (name, report) in [("first", first), ("second", second)] {
            for warning in report.warnings { lines += Text.wrapped("Note, \(name): \(warning)") }
        }
        return lines.joined(separator: "\n")
    }

    private var latencyName: String { rounds[0].first.options.isOpenLoop ? "response time" : "service time" }

    /// The comparison in machine-readable form.
    package var json: JSON {
        .object([
            (
                "ratios",
                .object(
                    Figure.allCases.map { figure in
                        (figure.rawValue, ratio(figure)?.json ?? .null)
                    })
            ),
            (
                "rounds",
                .array(
                    rounds.map { round in
                        .object([("first", Self.json(round.first)), ("second", Self.json(round.second))])
                    })
            ),
            ("first", first.json),
            ("second", second.json),
        ])
    }

    private static func json(_ report: LoadReport) -> JSON {
        .object(Figure.allCases.map { ($0.rawValue, .number($0.value(in: report) / ($0 == .tps ? 1 : 1e6))) })
    }
}

extension Comparison.Ratio {
    fileprivate var json: JSON {
        .object([("median", .number(median)), ("lowest", .number(lowest)), ("highest", .number(highest))])
    }
}
