import AdminConsole
import Testing

/// Errors were first observed from PgBouncer 1.25.2, with databases `p0` and, its own, `pgbouncer`.
@Suite("Commands that make no sense at the moment")
struct ConditionsTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let command: AdminCommand
        let situation: ConsoleSituation
        let refusal: String?
        var testDescription: String { "\(command) \(situation)" }

        init(_ command: AdminCommand, _ situation: ConsoleSituation, _ refusal: String?) {
            (self.command, self.situation, self.refusal) = (command, situation, refusal)
        }
    }

    private static let idle = ConsoleSituation()
    private static let paused = ConsoleSituation(state: .paused)
    private static let suspended = ConsoleSituation(state: .suspended)
    private static let onDatabase = ConsoleSituation(target: .init())
    private static let onPaused = ConsoleSituation(hasPausedDatabases: true, target: .init(isPaused: true))
    private static let onConsole = ConsoleSituation(target: .init(isConsole: true))

    static let whole: [Row] = [
        Row(.pause(database: nil), idle, nil),
        Row(.pause(database: nil), paused, "already suspended/paused"),
        Row(.pause(database: nil), suspended, "already suspended/paused"),
        Row(.kill(database: nil), idle, nil),
        Row(.kill(database: nil), paused, "already suspended/paused"),
        Row(.suspend, idle, nil),
        Row(.suspend, paused, "already suspended/paused"),
        Row(.suspend, ConsoleSituation(hasPausedDatabases: true), "cannot suspend with paused databases"),
        Row(.resume(database: nil), paused, nil),
        Row(.resume(database: nil), suspended, nil),
        Row(.resume(database: nil), idle, "pooler is not paused/suspended"),
        Row(
            .resume(database: nil), ConsoleSituation(state: .paused, mustStayPaused: true), "pooler is shutting down"),
        Row(.resume(database: nil), ConsoleSituation(isShuttingDown: true), "pooler is shutting down"),
        Row(.reconnect(database: nil), paused, nil),
        Row(.waitClose(database: nil), paused, nil),
        Row(.shutdown(.immediate), paused, nil),
        Row(.reload, suspended, nil),
        Row(.show(.clients), suspended, nil),
        Row(.set(key: "a", value: "b"), suspended, nil),
        Row(.killClient(id: 1), suspended, nil),
    ]

    static let byName: [Row] = [
        Row(.pause(database: "p0"), onDatabase, nil),
        Row(.pause(database: "nope"), idle, "no such database: nope"),
        Row(.pause(database: "pgbouncer"), onConsole, "cannot pause admin db: pgbouncer"),
        Row(.pause(database: "nope"), paused, "already suspended/paused"),
        Row(.kill(database: "p0"), onDatabase, nil),
        Row(.kill(database: "nope"), idle, "no such database: nope"),
        Row(.kill(database: "pgbouncer"), onConsole, "cannot kill admin db: pgbouncer"),
        Row(.kill(database: "nope"), paused, "already suspended/paused"),
        Row(.resume(database: "p0"), onPaused, nil),
        Row(.resume(database: "p0"), onDatabase, "database p0 is not paused"),
        Row(.resume(database: "nope"), idle, "no such database: nope"),
        Row(.resume(database: "pgbouncer"), onConsole, "database pgbouncer is not paused"),
        Row(.reconnect(database: "p0"), onDatabase, nil),
        Row(.reconnect(database: "nope"), idle, "no such database: nope"),
        Row(.reconnect(database: "pgbouncer"), onConsole, "cannot reconnect admin db: pgbouncer"),
        Row(.waitClose(database: "p0"), onDatabase, nil),
        Row(.waitClose(database: "nope"), idle, "no such database: nope"),
        Row(.waitClose(database: "pgbouncer"), onConsole, "cannot wait in admin db: pgbouncer"),
        Row(.disable(database: "p0"), onDatabase, nil),
        Row(.disable(database: "nope"), idle, "no such database: nope"),
        Row(.disable(database: "pgbouncer"), onConsole, "cannot disable admin db: pgbouncer"),
        Row(.enable(database: "p0"), onDatabase, nil),
        Row(.enable(database: "nope"), idle, "no such database: nope"),
        Row(.enable(database: "pgbouncer"), onConsole, "cannot enable admin db: pgbouncer"),
    ]

    @Test(arguments: whole + byName)
    func isRefused(_ row: Row) {
        let outcome = Result { () throws(AdminError) in try row.command.check(row.situation) }
        switch outcome {
        case .success: #expect(row.refusal == nil)
        case .failure(let error): #expect(error == AdminError(row.refusal ?? "nothing"))
        }
    }

    @Test(
        arguments: [
            (.pause(database: nil), "PAUSE command issued"),
            (.pause(database: "p0"), "PAUSE 'p0' command issued"),
            (.waitClose(database: "p0"), "WAIT_CLOSE 'p0' command issued"),
            (.reload, "RELOAD command issued"),
            (.shutdown(.immediate), "SHUTDOWN command issued"),
            (.shutdown(.waitForServers), "SHUTDOWN WAIT_FOR_SERVERS command issued"),
            (.show(.clients), nil),
            (.killClient(id: 1), nil),
        ] as [(AdminCommand, String?)])
    func theLogSaysWhatIsDone(_ command: AdminCommand, line: String?) {
        #expect(command.logLine == line)
    }

    @Test func onlySomeCommandsMakeADatabase() {
        let making: [AdminCommand] = [
            .pause(database: "x"), .kill(database: "x"), .disable(database: "x"), .reconnect(database: "x"),
            .waitClose(database: "x"),
        ]
        let finding: [AdminCommand] = [.resume(database: "x"), .enable(database: "x"), .pause(database: nil), .reload]
        #expect(making.allSatisfy { $0.registersDatabase && $0.database == "x" })
        #expect(!finding.contains { $0.registersDatabase })
    }
}
