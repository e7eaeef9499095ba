import IOEngine
import PoolerConfig

/// What one history is about: the pooler's settings, its clients' habits and what goes wrong.
struct SimulationPlan {
    var workerCount = 1
    var clientCount = 5
    var databases = ["db0"]
    var users = ["user0"]
    var poolMode = "transaction"
    var poolSize = 2
    var reserveSize = 0
    var perDatabase = 0
    var perUser = 0
    var arrivalMilliseconds = 20
    var requestCount = 10
    var mostBytes = 5000
    /// Servers die, log-ins fail, clients leave in the middle.
    var isFaulty = false
    /// `max_prepared_statements`; with 0, named statements work in session pooling only.
    var preparedStatements = 0
    /// `follow_session`: else the pooler ends a client that misnames a statement.
    var answersNameErrors = false
    var authentication = "trust"
    /// Which of the two PostgreSQLs the databases are at.
    var host = 0
    var closesServersFast = false
    /// Clients may come by a Unix socket, too.
    var hasUnixSocket = false
    var settings: [String] = []
    var operations = OperatorPlan()

    static func drawn(in conditions: NetworkConditions, using random: inout SeededRandom) -> SimulationPlan {
        var plan = SimulationPlan()
        plan.workerCount = random.number(in: 1...3)
        plan.clientCount = random.number(in: 2...12)
        plan.databases = (0..<random.number(in: 1...2)).map { "db\($0)" }
        plan.users = (0..<random.number(in: 1...2)).map { "user\($0)" }
        plan.poolMode = random.element(of: ["transaction", "transaction", "transaction", "session", "statement"])
        plan.poolSize = random.number(in: 1...4)
        plan.reserveSize = random.happens(0.3) ? random.number(in: 1...2) : 0
        plan.perDatabase = random.happens(0.3) ? random.number(in: 1...5) : 0
        plan.perUser = random.happens(0.3) ? random.number(in: 1...5) : 0
        plan.arrivalMilliseconds = random.element(of: [0, 20, 500])
        plan.requestCount = random.number(in: 5...20)
        plan.mostBytes = random.element(of: [100, 5000, 5000, 60_000])
        // Long answers through a narrow network are many steps and find nothing more.
        if conditions.isNarrow { plan.mostBytes = min(plan.mostBytes, 1000) }
        plan.isFaulty = random.happens(0.5)
        if random.happens(0.3) { plan.settings.append("server_lifetime = 1") }
        if random.happens(0.3) { plan.settings.append("server_idle_timeout = 1") }
        if random.happens(0.3) { plan.settings.append("server_check_delay = 0") }
        if random.happens(0.3) { plan.settings.append("server_reset_query_always = 1") }
        if random.happens(0.3) { plan.settings.append("server_round_robin = 1") }
        if random.happens(0.3) { plan.settings.append("min_pool_size = 1") }
        if random.happens(0.2), plan.reserveSize > 0 { plan.settings.append("reserve_pool_timeout = 0.01") }
        if plan.isFaulty {
            if random.happens(0.3) { plan.settings.append("query_wait_timeout = 0.05") }
            if random.happens(0.2) { plan.settings.append("query_timeout = 0.02") }
            if random.happens(0.2) { plan.settings.append("max_client_conn = 5") }
        }
        plan.preparedStatements = random.element(of: [200, 200, 3, 1, 0])
        plan.answersNameErrors = random.happens(0.7)
        plan.authentication = random.element(of: ["trust", "trust", "md5", "scram-sha-256"])
        plan.hasUnixSocket = random.happens(0.3)
        plan.closesServersFast = random.happens(0.3)
        if random.happens(0.5) { plan.operations = .drawn(for: plan, using: &random) }
        return plan
    }

    /// Named statements follow their client.
    var followsStatements: Bool { poolMode != "session" && preparedStatements > 0 }

    /// Something other than the client may end its connection.
    var mayTurnAway: Bool {
        isFaulty || operations.kills || closesServersFast && poolMode == "session" && !operations.steps.isEmpty
    }

    /// `pgbouncer.ini`.
    var configuration: String {
        let entries = databases.map { "\($0) = host=127.0.0.\(host + 1) port=5432 dbname=\($0)" }
        let fixed = [
            "listen_addr = 127.0.0.1", "auth_type = \(authentication)", "scram_iterations = 8",
            "pool_mode = \(poolMode)",
            "default_pool_size = \(poolSize)",
            "reserve_pool_size = \(reserveSize)", "max_db_connections = \(perDatabase)",
            "max_user_connections = \(perUser)", "server_login_retry = 1",
            "max_prepared_statements = \(preparedStatements)",
            "follow_session = \(answersNameErrors ? "statements" : "off")",
            "server_fast_close = \(closesServersFast ? 1 : 0)",
        ]
        return (["[databases]"] + entries + ["[pgbouncer]"] + fixed + settings).joined(separator: "\n") + "\n"
    }

    func load() throws -> PoolerConfiguration {
        let text = configuration
        return try PoolerConfiguration.load(path: "pgbouncer.ini") { _ in Array(text.utf8) }
    }

    var limits: WorldModel.Limits {
        var limits = WorldModel.Limits()
        limits.perPool = poolSize + reserveSize
        if perDatabase > 0 { limits.perDatabase = perDatabase }
        if perUser > 0 { limits.perUser = perUser }
        return limits
    }

    var faults: SimulatedPostgres.Faults {
        var faults = SimulatedPostgres.Faults()
        faults.slowReading = 0.05
        guard isFaulty else { return faults }
        faults.refusedLogin = 0.05
        faults.brokenLogin = 0.05
        faults.deathPerMessage = 0.003
        faults.deathWhileIdle = 0.03
        return faults
    }

    func habits(ofClient number: Int, using random: inout SeededRandom) -> SimulatedClient.Habits {
        var habits = SimulatedClient.Habits()
        habits.database = random.element(of: databases)
        habits.user = random.element(of: users)
        habits.applicationName = random.happens(0.7) ? "app\(number)" : ""
        habits.requestCount = requestCount
        habits.mostBytes = mostBytes
        habits.thinkTime = .milliseconds(random.element(of: [0, 5, 100, 1000]))
        habits.usesTransactions = poolMode != "statement"
        habits.usesNamedStatements = poolMode == "session" || followsStatements
        habits.misnames = poolMode == "session" || answersNameErrors
        habits.password = authentication == "trust" ? nil : "secret"
        if authentication != "trust", random.happens(0.1) { habits.password = "wrong" }
        habits.usesUnixSocket = hasUnixSocket && random.happens(0.5)
        habits.usesPipelines = random.happens(0.7)
        habits.tearing = random.happens(0.5) ? 0.2 : 0
        habits.mayBeTurnedAway = mayTurnAway
        // What becomes of the last request is certain only where nothing else ends it.
        if !mayTurnAway { habits.lastRequest = random.element(of: [.answered, .answered, .terminates, .halfCloses]) }
        habits.leaving = isFaulty ? random.element(of: [0, 0.05, 0.3]) : 0
        return habits
    }
}
