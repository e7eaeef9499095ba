import Foundation
import LoadPlan
import Testing

@Suite struct ReportTests {
    private func report(
        openLoop: Bool = false, _ change: (inout LoadTally) -> Void = { _ in }
    ) -> LoadReport {
        var options = LoadOptions()
        if openLoop { options.loop = .open(rate: 500, pattern: .poisson) }
        var tally = LoadTally()
        tally.succeeded = 12_000
        for latency in 1...100 as ClosedRange<Int64> {
            tally.service.record(latency * 1_000_000)
            tally.response.record(latency * 2_000_000)
        }
        change(&tally)
        return LoadReport(
            target: "me@db:5432/app", serverVersion: "15.4", options: options, elapsed: .seconds(10), tally: tally,
            connectedClients: 16)
    }

    @Test func theTableDescribesTheMeasurement() {
        let table = report { tally in
            tally.failed = 3
            tally.failures.record(FailureKind(.statement, "23505"), "ERROR: duplicate key", count: 3)
        }.table
        #expect(table.contains("me@db:5432/app (PostgreSQL 15.4)"))
        #expect(table.contains("12,000   1,200.0 per second"))
        #expect(table.contains("100.000"))
        #expect(table.contains("23505, statement  3  ERROR: duplicate key"))
    }

    @Test func coordinatedOmissionIsAlwaysStated() {
        for openLoop in [false, true] {
            let report = report(openLoop: openLoop)
            #expect(report.table.contains(openLoop ? "Open loop:" : "Closed loop:"))
            #expect(report.options.coordinatedOmission.contains("coordinated omission"))
        }
    }

    @Test func onlyTheOpenLoopHasAResponseTime() {
        #expect(!report().table.contains("response time "))
        #expect(report(openLoop: true).table.contains("response time "))
        #expect(report().latency.highest == 100_000_000 && report(openLoop: true).latency.highest == 200_000_000)
    }

    @Test func warningsExplainWhyTheNumbersAreDoubtful() {
        #expect(report().warnings.isEmpty)
        var doubtful = report(openLoop: true) { tally in
            tally.notBegun = 5
            tally.abandoned = 2
        }
        doubtful.connectedClients = 3
        doubtful.generatorLoad = 0.99
        doubtful.warmUpFinished = 9
        doubtful.warmUpFailed = 1
        doubtful.wasInterrupted = true
        #expect(doubtful.warnings.count == 6)
    }

    @Test func theJSONIsValidAndHasTheSameNumbers() throws {
        let report = report(openLoop: true) { tally in
            tally.failures.record(FailureKind(.connecting, "53300"), "FATAL: \"too\" many\n\u{1}\\clients")
        }
        let object = try JSONSerialization.jsonObject(with: Data(report.json.text.utf8))
        let members = try #require(object as? [String: Any])
        #expect(members["transactions"] as? Int == 12_000)
        #expect(members["tps"] as? Double == 1200)
        let latency = try #require((members["latency_ms"] as? [String: Any])?["response"] as? [String: Any])
        #expect(latency["max"] as? Double == 200)
        let errors = try #require(members["errors"] as? [[String: Any]])
        #expect(errors[0]["first_message"] as? String == "FATAL: \"too\" many\n\u{1}\\clients")
        let buckets = try #require((members["histogram_ns"] as? [String: Any])?["service"] as? [[Int]])
        #expect(buckets.reduce(0) { $0 + $1[2] } == 100)
    }

    @Test func failuresOfTooManyKindsAreCountedTogether() {
        var failures = FailureCounts()
        for number in 0..<1000 { failures.record(FailureKind(.statement, "\(number)"), "x") }
        failures.record(FailureKind(.statement, "7"), "x")
        #expect(failures.entries.count <= 101 && failures.total == 1001)
        #expect(failures.entries[7].count == 2)
    }

    // MARK: - Comparison

    private func round(_ first: Int, _ second: Int) -> Comparison.Round {
        Comparison.Round(
            first: report { $0.succeeded = UInt64(first) }, second: report { $0.succeeded = UInt64(second) })
    }

    @Test func theRatioIsTheMedianOfTheRoundsWithItsSpread() throws {
        let comparison = try #require(
            Comparison(rounds: [round(100, 90), round(200, 160), round(100, 95)]))
        let ratio = try #require(comparison.ratio(.tps))
        #expect((ratio.median, ratio.lowest, ratio.highest) == (0.9, 0.8, 0.95))
        #expect(comparison.first.tally.succeeded == 400 && comparison.first.elapsed == .seconds(30))
        #expect(comparison.table.contains("0.900   0.800    0.950"))
        #expect((try? JSONSerialization.jsonObject(with: Data(comparison.json.text.utf8))) != nil)
    }

    @Test func aRoundWithoutResultsOnOneSideHasNoRatio() throws {
        let comparison = try #require(Comparison(rounds: [round(100, 0)]))
        #expect(comparison.ratio(.tps) == nil)
        #expect(!comparison.table.isEmpty)
        #expect(Comparison(rounds: []) == nil)
    }

    // MARK: - Progress

    @Test func theProgressFitsTheTerminal() {
        let progress = LoadProgress(
            stage: .measuring, elapsed: .seconds(3), share: 0.5, rate: 12_345, p99: 2_500_000, errors: 0, connected: 16,
            clients: 16, lag: .zero)
        #expect(progress.line(width: nil) == "measuring 3.0 s  12,345 tps  p99 2.500 ms  0 errors")
        #expect(progress.line(width: 80).hasPrefix("[#"))
        for width in 0...200 { #expect(progress.line(width: width).count <= width) }
    }
}
