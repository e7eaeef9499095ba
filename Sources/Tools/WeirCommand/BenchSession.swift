import Foundation
import LoadGenerator
import LoadPlan

/// One invocation of `weir bench`, from its command line to its exit code.
struct BenchSession {
    private let command: BenchCommand
    private var progress: BenchProgress

    init(_ command: BenchCommand) {
        self.command = command
        progress = BenchProgress(isSilent: command.quiet)
    }

    /// Runs the command and returns its exit code.
    mutating func run() -> Int32 {
        do throws(BenchFailure) {
            let script = try script()
            let first = try target(command.connection)
            let second = try command.compare.map { text throws(BenchFailure) in try target(text) }
            let output = try BenchOutput(json: command.json, isQuiet: command.quiet)
            BenchInterruptions.begin()
            if let second { return try compare(first, second, script, output) }
            let report = try measure(first, script, command.options)
            try output.write(table: report.table, json: report.json)
            return report.tally.isClean ? 0 : 1
        } catch {
            progress.clear()
            Terminal.complain("weir bench: \(error.message)")
            return error.code
        }
    }

    // MARK: - Script and target

    private func script() throws(BenchFailure) -> Script {
        let source = command.file.map { $0 == "-" ? "standard input" : $0 } ?? "--query"
        var bytes = Array((command.query ?? "select 1").utf8)
        if let file = command.file {
            guard let data = file == "-" ? try? FileHandle.standardInput.readToEnd() ?? Data() : try? readFile(file)
            else {
                throw BenchFailure("cannot read \(source)", code: 2)
            }
            bytes = Array(data)
        }
        do throws(ScriptError) {
            return try ScriptParser.parse(bytes, definitions: (try? command.definitions()) ?? [:])
        } catch {
            throw BenchFailure("\(source), \(error)", code: 2)
        }
    }

    private func readFile(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    private func target(_ text: String?) throws(BenchFailure) -> LoadTarget {
        do throws(TargetError) {
            return try LoadTarget(text)
        } catch {
            throw BenchFailure("\(error)", code: 2)
        }
    }

    // MARK: - Measuring

    private mutating func measure(
        _ target: LoadTarget, _ script: Script, _ options: LoadOptions
    ) throws(BenchFailure) -> LoadReport {
        var progress = progress
        defer {
            progress.clear()
            self.progress = progress
        }
        do throws(LoadRunError) {
            return try LoadRun.run(target, script, options) {
                BenchInterruptions.count
            } progress: {
                progress.show($0)
            }
        } catch {
            throw BenchFailure("\(error)", code: 1)
        }
    }

    /// Measures both targets alternately. Every other round begins with the second, so that the order gives no
    /// advantage.
    private mutating func compare(
        _ first: LoadTarget, _ second: LoadTarget, _ script: Script, _ output: BenchOutput
    ) throws(BenchFailure) -> Int32 {
        var options = command.options.shared(over: command.rounds)
        var rounds: [Comparison.Round] = []
        var interrupted: LoadReport?
        for number in 1...command.rounds where interrupted == nil {
            var reports: [LoadReport?] = [nil, nil]
            for side in number.isMultiple(of: 2) ? [1, 0] : [0, 1] where interrupted == nil {
                progress.prefix = "round \(number)/\(command.rounds) \(side == 0 ? "first" : "second")  "
                let report = try measure(side == 0 ? first : second, script, options)
                if report.wasInterrupted { interrupted = report } else { reports[side] = report }
            }
            if let first = reports[0], let second = reports[1] {
                rounds.append(Comparison.Round(first: first, second: second))
            }
            options.seed &+= 1
        }
        guard let comparison = Comparison(rounds: rounds) else {
            guard let interrupted else { return 1 }
            try output.write(table: interrupted.table, json: interrupted.json)
            return interrupted.tally.isClean ? 0 : 1
        }
        if interrupted != nil { Terminal.complain("Ended early: only \(rounds.count) rounds are complete.") }
        try output.write(table: comparison.table, json: comparison.json)
        return comparison.first.tally.isClean && comparison.second.tally.isClean ? 0 : 1
    }
}

extension LoadOptions {
    /// One round's share of the load; each round has the whole warm-up.
    fileprivate func shared(over rounds: Int) -> LoadOptions {
        var options = self
        options.duration = duration.map { $0 / rounds }
        options.transactions = transactions.map { max(1, $0 / rounds) }
        return options
    }
}
