import ArgumentParser
import Foundation
import LoadPlan

/// `weir bench`: puts a PostgreSQL, or a pooler in front of one, under load and measures it.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Put a PostgreSQL server or a pooler under load and measure it.",
        discussion: """
            weir bench postgresql://me@db/app           as fast as 16 clients can
            weir bench -R 500 postgresql://me@db/app    500 transactions/s arrive
            weir bench URI --compare OTHER-URI          two targets, alternately

            In the closed loop (the default) a client sends its next transaction when the last one is answered. That \
            shows how much a server can do, but a slow moment delays the very transactions that would have shown it \
            (coordinated omission). In the open loop (--rate) transactions are due at predetermined times, and their \
            response time counts from then: that is what users experience.

            A script contains SQL statements that end with semicolons, sent one after the other, and pgbench's \
            commands "\\set name random(lowest, highest)" and "\\set name number"; a number may be a product, as in \
            100000 * :scale. Variables are used as :name. Anywhere outside quotes, {random:LOWEST:HIGHEST} is a random \
            number. A statement that fails ends its transaction, which is rolled back and counted as failed.

            Exit code: 0; 1 if a transaction or a connection failed; 2 for invalid usage.
            """)

    @Argument(
        help: ArgumentHelp(
            "A connection URI, libpq's keywords and values, or the name of a database. Missing parts are taken from"
                + " PGHOST, PGPORT, PGUSER, PGDATABASE, PGPASSWORD and the other variables of libpq, and from the password"
                + " file."))
    var connection: String?

    @Option(name: [.customShort("c"), .long], help: "The number of clients, each with a connection.")
    var clients = 16

    @Option(name: [.customShort("T"), .long], help: "The measured time: 30s, 500ms, 2m. (default: 30s)")
    var duration: BenchDuration?

    @Option(
        name: [.customShort("t"), .long],
        help: "The number of measured transactions of all clients; given alone, it replaces the duration.")
    var transactions: Int?

    @Option(help: "The time to run before measuring. (default: 2s; 0 with --transactions)")
    var warmUp: BenchDuration?

    @Option(name: [.customShort("R"), .long], help: "Open loop: the number of transactions due per second.")
    var rate: Double?

    @Option(help: "The distribution of the open loop's arrivals: poisson, like independent users, or uniform.")
    var arrival = ArrivalPattern.poisson

    @Option(help: "Closed loop: how long a client pauses after each transaction.")
    var thinkTime: BenchDuration?

    @Option(help: "Whether all pauses equal the think time (fixed) or vary around it (exponential).")
    var thinkPattern = ThinkTime.Pattern.fixed

    @Option(name: [.customShort("M"), .customLong("protocol")], help: "How statements are sent.")
    var queryProtocol = LoadOptions.QueryProtocol.simple

    @Option(name: [.customShort("q"), .long], help: "The statements of a transaction. (default: select 1)")
    var query: String?

    @Option(
        name: [.customShort("f"), .long],
        help: "The file with the statements of a transaction; - for standard input.")
    var file: String?

    @Option(name: [.customShort("D"), .long], help: "A variable of the script, as name=number; may be repeated.")
    var define: [String] = []

    @Flag(
        name: [.customShort("C"), .long],
        help: "Open a new connection for each transaction; its latency includes connecting.")
    var connectEach = false

    @Option(help: "The seed of random numbers and arrivals: the same seed gives the same values.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Measure a second target alternately with the first.", valueName: "connection"))
    var compare: String?

    @Option(help: "The number of rounds with --compare; duration and transactions are divided among them.")
    var rounds = 5

    @Option(
        help: ArgumentHelp("Write the report as JSON, with the histograms; - for standard output.", valueName: "file"))
    var json: String?

    @Flag(help: "No progress; with --json, no table either.")
    var quiet = false

    func validate() throws {
        guard 1...100_000 ~= clients else { throw ValidationError("--clients must be a number from 1 to 100000.") }
        if let transactions, transactions < 1 { throw ValidationError("--transactions must be at least 1.") }
        if let duration, duration.value <= .zero { throw ValidationError("--duration must be greater than 0.") }
        if let rate, !(rate > 0.001 && rate <= 10_000_000) {
            throw ValidationError("--rate must be a number from 0.001 to 10000000.")
        }
        if rate != nil, thinkTime != nil {
            throw ValidationError(
                "--think-time applies to the closed loop; with --rate, the arrivals decide when transactions begin.")
        }
        if query != nil, file != nil { throw ValidationError("Specify --query or --file, not both.") }
        guard 1...1000 ~= rounds else { throw ValidationError("--rounds must be a number from 1 to 1000.") }
        _ = try definitions()
    }

    func run() throws {
        var session = BenchSession(self)
        throw ExitCode(session.run())
    }

    /// The settings of each run, before they are divided among rounds.
    var options: LoadOptions {
        var options = LoadOptions()
        options.clients = clients
        options.transactions = transactions
        options.duration = duration?.value ?? (transactions == nil ? options.duration : nil)
        options.warmUp = warmUp?.value ?? (transactions == nil ? options.warmUp : .zero)
        if let rate {
            options.loop = .open(rate: rate, pattern: arrival)
        } else if let thinkTime, thinkTime.value > .zero {
            options.loop = .closed(think: ThinkTime(mean: thinkTime.value, pattern: thinkPattern))
        }
        options.queryProtocol = queryProtocol
        options.connectsEachTime = connectEach
        options.seed = seed
        return options
    }

    /// The variables defined on the command line.
    func definitions() throws -> [String: Int64] {
        var values: [String: Int64] = [:]
        for definition in define {
            let parts = definition.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let value = Int64(parts[1]) else {
                throw ValidationError("--define requires name=number, not \"\(definition)\".")
            }
            values[String(parts[0])] = value
        }
        return values
    }

    /// Runs the command; invalid usage exits with 2, like PostgreSQL's own programs.
    static func start(_ words: [String]) -> Never {
        do {
            var command = try WeirCommand.parseAsRoot(words)
            try command.run()
            exit()
        } catch {
            guard WeirCommand.exitCode(for: error) == .validationFailure else { WeirCommand.exit(withError: error) }
            Terminal.complain(WeirCommand.fullMessage(for: error))
            Foundation.exit(2)
        }
    }
}

extension ArrivalPattern: ExpressibleByArgument {}
extension ThinkTime.Pattern: ExpressibleByArgument {}
extension LoadOptions.QueryProtocol: ExpressibleByArgument {}
