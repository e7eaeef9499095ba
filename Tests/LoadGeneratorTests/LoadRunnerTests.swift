import IOEngine
import LoadGenerator
import LoadPlan
import MonotonicTime
import Testing

/// The whole load generator on virtual sockets and virtual time.
@Suite struct LoadRunnerTests {
    /// A runner cannot be copied, so a closure cannot capture it.
    private final class Bench {
        let network: SimulatedNetwork
        let server: FakePostgres
        private var runner: LoadRunner<SimulatedEngine>?
        private(set) var startFailure: String?

        init(
            _ sql: String = "select 1", conditions: NetworkConditions = .calm, seed: UInt64 = 1,
            addresses: [SocketAddress] = [FakePostgres.address], server change: (FakePostgres) -> Void = { _ in },
            _ configure: (inout LoadOptions) -> Void
        ) throws {
            let network = SimulatedNetwork(seed: seed, conditions: conditions)
            self.network = network
            server = FakePostgres(network)
            change(server)
            var options = LoadOptions()
            options.clients = 4
            options.warmUp = .zero
            options.seed = seed
            configure(&options)
            runner = LoadRunner(
                target: LoadTarget(addresses: addresses, user: "me", database: "app", connectTimeout: .seconds(5)),
                script: try ScriptParser.parse(Array(sql.utf8)), options: options,
                engine: SimulatedEngine(on: network), clock: { network.now })
        }

        func interrupt() { runner?.interrupt() }

        /// Runs until the load is over.
        func run() throws -> LoadReport {
            network.run(for: .seconds(3600)) {
                runner?.isDone == true
            } turn: { _ in
                runner?.turn()
            }
            let isDone = runner?.isDone
            #expect(isDone == true)
            let report = runner?.report
            startFailure = runner?.startFailure
            runner = nil  // and its engine, as at the end of the process
            network.runUntilQuiet { _ in }
            #expect(network.openSocketCount == 0)
            #expect(network.violations == [])
            return try #require(report)
        }
    }

    @Test func aClosedLoopCountsWhatTheServerCounted() throws {
        let bench = try Bench { $0.duration = .seconds(2) }
        let report = try bench.run()
        #expect(report.tally.succeeded == UInt64(bench.server.queries.count))
        #expect(report.tally.isClean && report.tally.connecting.count == 4 && bench.server.connectionCount == 4)
        // A millisecond for the answer, and up to 0.2 ms for the network.
        #expect(report.tally.service.lowest >= 1_000_000 && report.tally.service.highest < 1_300_000)
        #expect(report.elapsed >= .seconds(2) && report.elapsed < .milliseconds(2010))
        #expect(bench.server.openCount == 0)
    }

    @Test func theRequestedNumberOfTransactionsIsExecuted() throws {
        for each in [false, true] {
            let bench = try Bench { options in
                options.duration = nil
                options.transactions = 101
                options.connectsEachTime = each
            }
            let report = try bench.run()
            #expect(report.tally.succeeded == 101 && bench.server.queries.count == 101)
            #expect(report.tally.connecting.count == (each ? 101 : 4))
            #expect(report.options.duration == nil && report.elapsed > .zero)
        }
    }

    @Test func theWarmUpIsCountedSeparately() throws {
        let bench = try Bench { options in
            options.warmUp = .seconds(1)
            options.duration = .seconds(1)
        }
        let report = try bench.run()
        #expect(report.warmUpFinished + report.tally.succeeded == UInt64(bench.server.queries.count))
        #expect(report.warmUpFinished > 0 && report.tally.succeeded > 0)
        #expect(report.tally.bytesSent == report.tally.succeeded * 14)
    }

    @Test func anOpenLoopKeepsItsRateRegardlessOfTheServer() throws {
        let bench = try Bench { options in
            options.duration = .seconds(10)
            options.loop = .open(rate: 500, pattern: .uniform)
        }
        let report = try bench.run()
        #expect(report.tally.succeeded == 5000 && report.tally.notBegun == 0)
        // Virtual time does not advance while the engine works, so the load generator begins nothing late. The first
        // transaction is due when the load begins, and does not wait.
        #expect(report.tally.ownDelay.count == 4999 && report.tally.ownDelay.highest == 0)
    }

    /// A second in which the server stalls delays 500 transactions. The open loop sees all of them; the closed loop
    /// sees one for each client, and reports an unaffected 99th percentile.
    @Test func onlyTheOpenLoopSeesAPause() throws {
        func p99(_ loop: LoadOptions.Loop) throws -> LoadReport {
            let bench = try Bench { server in
                let network = server.network
                let pause = (network.now + .seconds(1))...(network.now + .seconds(2))
                server.answerTime = { _ in
                    pause.contains(network.now) ? pause.upperBound.duration(since: network.now) : .milliseconds(1)
                }
            } _: { options in
                options.duration = .seconds(4)
                options.loop = loop
            }
            return try bench.run()
        }
        let closed = try p99(.closed(think: nil))
        let open = try p99(.open(rate: 500, pattern: .uniform))
        #expect(closed.latency.percentile(99) < 2_000_000 && closed.latency.highest > 900_000_000)
        #expect(open.tally.response.percentile(99) > 800_000_000)
        #expect(open.tally.service.percentile(99) < 2_000_000)
        #expect(open.tally.succeeded == 2000)
    }

    @Test func dueTransactionsThatNeverBeganAreCounted() throws {
        // Four clients and 10 ms make 400 per second; 1000 are due.
        let bench = try Bench { server in
            server.answerTime = { _ in .milliseconds(10) }
        } _: { options in
            options.duration = .seconds(5)
            options.loop = .open(rate: 1000, pattern: .uniform)
        }
        let report = try bench.run()
        #expect(report.tally.succeeded + report.tally.notBegun == 5000 && report.tally.notBegun > 2900)
        #expect(report.tally.response.count == 5000)
        #expect(report.warnings.count == 1)
    }

    @Test func aThinkTimeSlowsTheClientsDown() throws {
        for pattern in ThinkTime.Pattern.allCases {
            let bench = try Bench { options in
                options.duration = .seconds(20)
                options.loop = .closed(think: ThinkTime(mean: .milliseconds(19), pattern: pattern))
            }
            let rate = try bench.run().transactionsPerSecond
            #expect(rate > 180 && rate < 205, "4 clients, about 20 ms each: \(rate)")
        }
    }

    // MARK: - Errors

    @Test func aFailedStatementIsCountedAndTheRunContinues() throws {
        let bench = try Bench("begin; select 1; commit") { server in
            server.refused = ["select 1"]
        } _: { options in
            options.duration = nil
            options.transactions = 10
        }
        let report = try bench.run()
        #expect(report.tally.failed == 10 && report.tally.succeeded == 0 && report.tally.lostConnections == 0)
        #expect(report.tally.failures.entries.map(\.kind) == [FailureKind(.statement, "22012")])
        #expect(bench.server.queries.count { $0 == "ROLLBACK" } == 10)
        #expect(!bench.server.queries.contains("commit"))
    }

    @Test func clientsReconnectAfterAServerCrash() throws {
        let bench = try Bench { $0.duration = .seconds(10) }
        bench.network.after(.seconds(3)) { bench.server.crash() }
        bench.network.after(.seconds(5)) { bench.server.start() }
        let report = try bench.run()
        #expect(report.tally.lostConnections == 4 && report.tally.failed == 4)
        #expect(report.tally.failedConnections > 4 && report.tally.failedConnections < 40)
        #expect(report.tally.connecting.count == 8)
        #expect(report.tally.succeeded > 20_000)
        #expect(report.tally.failures.entries.contains { $0.kind == FailureKind(.connecting, "ECONNREFUSED") })
    }

    @Test func theLoadRunsWithTheClientsThatCouldConnect() throws {
        let bench = try Bench { server in
            server.connectionLimit = 3
        } _: { options in
            options.clients = 5
            options.duration = .seconds(2)
        }
        let report = try bench.run()
        #expect(report.connectedClients == 3 && report.tally.succeeded > 3000 && report.tally.failed == 0)
        #expect(report.tally.failures.entries.map(\.kind.code) == ["53300"])
        #expect(bench.startFailure == nil)
    }

    @Test func anUnreachableServerEndsTheRunBeforeItBegins() throws {
        let bench = try Bench(addresses: [.ipv4(0x7f00_0001, port: 99)]) { _ in }
        #expect(try bench.run().tally.finished == 0)
        #expect(bench.startFailure == "connection to 127.0.0.1:99 failed: Connection refused")
    }

    @Test func theNextAddressIsTried() throws {
        let bench = try Bench(addresses: [.ipv4(0x7f00_0001, port: 99), FakePostgres.address]) {
            $0.duration = .seconds(1)
        }
        let report = try bench.run()
        #expect(report.tally.isClean && report.tally.connecting.count == 4)
    }

    @Test func aServerThatNeverAnswersTimesOut() throws {
        let silent = SocketAddress.ipv4(0x7f00_0001, port: 98)
        let bench = try Bench(addresses: [silent]) { server in
            server.network.serve(silent, .silent)
        } _: { _ in
        }
        _ = try bench.run()
        #expect(bench.startFailure == "connection to 127.0.0.1:98 failed: timeout expired")
    }

    // MARK: - Ending

    @Test func anInterruptedRunReportsItsResults() throws {
        let bench = try Bench { $0.duration = .seconds(1000) }
        bench.network.after(.seconds(2)) { bench.interrupt() }
        let report = try bench.run()
        #expect(report.wasInterrupted && report.elapsed < .seconds(3) && report.tally.succeeded > 5000)
        #expect(report.tally.succeeded == UInt64(bench.server.queries.count))
    }

    @Test func aSecondInterruptionDoesNotWait() throws {
        let bench = try Bench { server in
            server.answerTime = { _ in .seconds(100) }
        } _: {
            $0.duration = .seconds(1000)
        }
        for seconds in [2, 3] { bench.network.after(.seconds(seconds)) { bench.interrupt() } }
        let report = try bench.run()
        #expect(report.tally.abandoned == 4 && report.tally.finished == 0)
    }

    @Test func transactionsThatDoNotEndAreAbandonedAfterTheGracePeriod() throws {
        let bench = try Bench { server in
            server.answerTime = { $0 == 7 ? .seconds(1000) : .milliseconds(1) }
        } _: { options in
            options.duration = .seconds(1)
            options.grace = .seconds(2)
        }
        let report = try bench.run()
        #expect(report.tally.abandoned == 1 && report.warnings.count == 1)
    }

    // MARK: - Rough conditions

    /// Torn reads, short sends, late reports: every transaction is counted once, and the server's count agrees.
    @Test(arguments: 0..<40 as Range<UInt64>)
    func everyTransactionHasOneOutcome(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let conditions = NetworkConditions.drawn(using: &random)
        let crashes = random.happens(0.5)
        let bench = try Bench("begin; select {random:1:9}; commit", conditions: conditions, seed: seed) { options in
            options.duration = .milliseconds(1500)
            options.connectsEachTime = random.happens(0.3)
            if random.happens(0.5) { options.loop = .open(rate: 200, pattern: .poisson) }
        }
        if crashes {
            bench.network.after(.milliseconds(500)) { bench.server.crash() }
            bench.network.after(.milliseconds(800)) { bench.server.start() }
        }
        let report = try bench.run()
        let tally = report.tally
        let commits = UInt64(bench.server.queries.count { $0 == "commit" })
        #expect(tally.succeeded > 0 && tally.service.count == tally.succeeded)
        #expect(crashes ? commits >= tally.succeeded && commits <= tally.finished : commits == tally.succeeded)
        #expect(crashes || tally.isClean)
        #expect(tally.response.count == (report.options.isOpenLoop ? tally.succeeded + tally.notBegun : 0))
    }
}
