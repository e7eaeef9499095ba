import Foundation
import Logging
import Testing
import Weir

/// One run of the soak: its environment, its tasks, its fault injection and its watchdog.
struct Soak: Sendable {
    static let name = "soak"
    let log = SoakLog()
    private let postgres: SoakServer
    private let pool: PostgresPool
    private let seed: UInt64
    private let end: ContinuousClock.Instant?
    private let tasks = 1000
    private let questions = 6

    init(_ postgres: SoakServer, seed: UInt64, seconds: Int?) async throws {
        (self.postgres, self.seed) = (postgres, seed)
        end = seconds.map { .now + .seconds($0) }
        _ = try await postgres.ask(
            """
            CREATE TABLE accounts (id int PRIMARY KEY, balance int8);
            INSERT INTO accounts SELECT g, \(SoakQuestion.balance) FROM generate_series(1, \(SoakQuestion.accounts)) g;
            CREATE TABLE lines (tag int8, n int, mark text, divisor int);
            CREATE TABLE promises (tag int8)
            """)
        let server = postgres.server
        var configuration = try PostgresPool.Configuration(
            server.connectionString("application_name=\(Self.name)"))
        configuration.maximumConnections = 10
        configuration.minimumConnections = 2
        configuration.maximumLifetime = .seconds(5)
        configuration.checkIdleAfter = .milliseconds(200)
        configuration.retryDelay = .milliseconds(20)
        configuration.maximumRetryDelay = .milliseconds(500)
        configuration.statementCacheSize = 16
        // What was answered must be there after a crash.
        configuration.sessionParameters = [.init(name: "synchronous_commit", value: "on")]
        configuration.logger.logLevel = .critical
        pool = try PostgresPool(configuration)
    }

    func run() async throws {
        let connectionsBefore = try connections()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await watch() }
            group.addTask { await disturb() }
            await withTaskGroup(of: Void.self) { askers in
                for task in 0..<tasks { askers.addTask { await ask(as: task) } }
            }
            group.cancelAll()
        }
        try await checkThePool()
        await pool.close(within: .seconds(10))
        try await checkTheDatabase()
        // The client's side of a connection has no name; the server's has that of its socket.
        try await until("no connection is left") { try connections() <= connectionsBefore }
    }

    // MARK: The tasks

    private func ask(as task: Int) async {
        var chance = SoakChance(seed, task)
        var number = 0
        while end.map({ $0 > .now }) ?? (number < questions) {
            number += 1
            let kind = SoakQuestion.Kind.allCases[chance.number(0...SoakQuestion.Kind.allCases.count - 1)]
            let tag = (task * 1_000_000 + number) * 10_000
            let (beginnings, beginning) = AsyncStream<Void>.makeStream()
            var question = SoakQuestion(kind: kind, tag: tag, chance: SoakChance(chance.next(), number)) {
                beginning.yield()
            }
            let delay = chance.oneIn(3) ? chance.number(0...20_000) : nil, waits = chance.oneIn(2)
            log.begin(task, "\(kind.rawValue) \(tag)\(delay.map { ", cancelled after \($0) µs" } ?? "")")
            let pool = pool
            let asking = Task { () -> (any Error)? in
                defer { beginning.finish() }
                do {
                    try await question.ask(pool)
                    return nil
                } catch {
                    return error
                }
            }
            if let delay {
                // While it waits for a connection, or when it has one.
                if waits { for await _ in beginnings { break } }
                // This task waits no longer than the other may run; an early end does no harm.
                try? await Task.sleep(for: .microseconds(delay / (waits ? 10 : 1)))
                asking.cancel()
            }
            judge(await asking.value, kind, task, tag, wasCancelled: delay != nil)
        }
    }

    private func judge(
        _ error: (any Error)?, _ kind: SoakQuestion.Kind, _ task: Int, _ tag: Int, wasCancelled: Bool
    ) {
        guard let error else { return log.end(task, "well") }
        guard let error = error as? PostgresError else {
            log.end(task, "\(type(of: error))")
            if error is CancellationError, wasCancelled { return }
            return log.fault("\(error)")
        }
        let state = error.sqlState.map { " \($0.rawValue)" } ?? ""
        log.end(task, "\(error.code)\(state)")
        let isExpected =
            switch error.code {
            case .connectionLost, .connectFailed: true
            case .cancelled: wasCancelled
            case .commandTimeout: kind == .slow
            case .acquireTimeout: kind == .impatient
            case .transactionRolledBack: false
            case .server: isExpected(error.sqlState, kind)
            default: false
            }
        if !isExpected { log.fault("\(kind.rawValue) \(tag): \(error.code): \(error.verboseDescription)") }
    }

    private func isExpected(_ state: PostgresSQLState?, _ kind: SoakQuestion.Kind) -> Bool {
        switch state {
        case .divisionByZero: kind == .wrong || kind == .many
        case .serializationFailure: kind == .serializable
        case .deadlockDetected: kind == .serializable || kind == .transfer || kind == .undone
        default: false
        }
    }

    // MARK: Fault injection

    /// Kills server processes all the time, and restarts PostgreSQL now and then.
    private func disturb() async {
        var chance = SoakChance(seed, -1), round = 0
        let interval = tasks / 2
        var next = interval
        while !Task.isCancelled {
            // Sleeping between two looks keeps it from taking the processor from those it watches.
            guard (try? await Task.sleep(for: .milliseconds(20))) != nil else { return }
            guard log.done >= next else { continue }
            next += interval
            round += 1
            do {
                if round % 4 == 0 {
                    try await postgres.restart(isCrash: chance.oneIn(2))
                } else {
                    let (count, seed) = (chance.number(1...6), chance.number(1...1000))
                    _ = try await postgres.ask(
                        """
                        SELECT pg_terminate_backend(pid) FROM (
                            SELECT pid FROM pg_stat_activity WHERE application_name = '\(Self.name)'
                            ORDER BY md5((pid + \(seed))::text) LIMIT \(count)) AS victims
                        """)
                }
            } catch {
                log.fault("disturbing: \(error)")
            }
        }
    }

    /// No caller may wait for very long: reports those that do, and ends the process, because nothing else would end.
    private func watch() async {
        while (try? await Task.sleep(for: .seconds(1))) != nil {
            let waiting = log.waiting(longerThan: .seconds(400))
            guard !waiting.isEmpty else { continue }
            print("soak: seed \(seed): HANG\n\(waiting.prefix(50).joined(separator: "\n"))\n\(pool.stats)")
            print(log.summary)
            let activity = try? await postgres.ask("SELECT pid, state, wait_event, query FROM pg_stat_activity")
            print(activity.map { "\($0)" } ?? "no activity")
            fatalError("\(waiting.count) tasks hang")
        }
    }

    // MARK: The end

    private func checkThePool() async throws {
        let numbers = pool.stats
        #expect(numbers.inUse == 0 && numbers.waiting == 0, "seed \(seed): \(numbers)")
        #expect(numbers.total + numbers.connecting + numbers.closing <= 10, "seed \(seed): \(numbers)")
        #expect(numbers.created > 10 && numbers.destroyed[.lost, default: 0] > 0, "nothing was disturbed: \(numbers)")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for n in 1...30 {
                group.addTask {
                    let answer = try await pool.fetchValue("SELECT \(n)::int8", as: Int.self)
                    #expect(answer == n)
                }
            }
            try await group.waitForAll()
        }
    }

    private func checkTheDatabase() async throws {
        // A server process ends a moment after its client.
        try await until("no server process is left") {
            try await postgres.number(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = '\(Self.name)'") == 0
        }
        let money = try await postgres.number("SELECT sum(balance)::int8 FROM accounts")
        #expect(money == SoakQuestion.accounts * SoakQuestion.balance, "seed \(seed): money")
        let halves = try await postgres.number(
            """
            SELECT count(*) FROM (SELECT tag FROM lines GROUP BY tag
                HAVING count(*) <> \(SoakQuestion.lines) OR min(n) <> 1 OR max(mark) <> 'kept' OR min(mark) <> 'kept') AS bad
            """)
        #expect(halves == 0, "seed \(seed): halves of COPYs, or what was regretted")
        let broken = try await postgres.number(
            "SELECT count(*) FROM promises AS p WHERE NOT EXISTS (SELECT FROM lines AS l WHERE l.tag = p.tag)")
        #expect(broken == 0, "seed \(seed): what was answered is not there")
    }

    /// How many connections to this server there are on this machine, seen from the server's end.
    private func connections() throws -> Int {
        let text = try String(contentsOfFile: "/proc/net/unix", encoding: .utf8)
        // Num RefCount Protocol Flags Type St Inode Path; state 3 is connected.
        return text.split(separator: "\n").count { line in
            let words = line.split(separator: " ")
            return words.count == 8 && words[7] == postgres.server.socketPath && words[5] == "03"
        }
    }
}
