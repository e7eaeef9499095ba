import IOEngine
import MonotonicTime
import PGWire

/// A PostgreSQL server at one address of a simulated network.
final class SimulatedPostgres {
    /// What goes wrong, each with its chance.
    struct Faults {
        /// A new connection is refused with FATAL.
        var refusedLogin = 0.0
        /// A new connection breaks before its log-in ends.
        var brokenLogin = 0.0
        /// The session dies instead of answering.
        var deathPerMessage = 0.0
        /// A session dies while it idles; drawn once for each ReadyForQuery.
        var deathWhileIdle = 0.0
        /// The server stops reading for a while.
        var slowReading = 0.0

        static let none = Faults()
    }

    let network: SimulatedNetwork
    let world: WorldModel
    let address: SocketAddress
    /// Its number among the hosts of the simulation.
    let host: Int
    /// Sessions keep their server, so that only their first statement can reveal an obsolete one.
    var keepsSessions = false
    var faults = Faults.none
    /// The longest time a log-in takes.
    var loginTime: Duration = .milliseconds(5)
    var parameters: [String: String] = [
        "application_name": "", "client_encoding": "UTF8", "datestyle": "ISO, MDY",
        "standard_conforming_strings": "on", "timezone": "Etc/UTC",
    ]
    private var nextProcess: Int32 = 1000
    private var backends: [SimulatedBackend] = []

    init(_ network: SimulatedNetwork, _ world: WorldModel, at address: SocketAddress, host: Int = 0) {
        self.host = host
        self.network = network
        self.world = world
        self.address = address
        start()
    }

    /// Answers connections; as it does from the beginning.
    func start() {
        network.serve(address, .accepting { [unowned self] in SimulatedBackend(self) })
    }

    /// Refuses connections, and ends those there are.
    func stop() {
        network.serve(address, .refusing)
        for backend in backends { backend.die("57P01", "terminating connection due to administrator command") }
    }

    fileprivate func key(for backend: SimulatedBackend) -> [UInt8] {
        nextProcess += 1
        backends.append(backend)
        var writer = WireWriter()
        writer.int32(nextProcess)
        writer.int32(Int32(truncatingIfNeeded: network.random.next()))
        return writer.bytes
    }

    fileprivate func forget(_ backend: SimulatedBackend) { backends.removeAll { $0 === backend } }

    fileprivate func cancel(_ key: [UInt8]) {
        backends.first { $0.key == key }?.cancel()
    }
}

/// One server process: the far side of one connection from the pooler.
final class SimulatedBackend: SimulatedPeer {
    private let server: SimulatedPostgres
    private var connection: SimulatedConnection?
    private var buffer = MessageBuffer()
    private var session: PostgresSession?
    fileprivate private(set) var key: [UInt8] = []
    private var isReady = false
    private var database = ""
    private var user = ""

    /// The message being answered, while its answer takes time.
    private var work: Work?
    private var workCount = 0
    private var readyCount = 0
    /// Whose transaction is open.
    private var owner: Int?
    private var birth = Instant.zero
    /// The worker that holds the other end.
    private var holder: ObjectIdentifier?

    private struct Work {
        let number: Int
        let message: Message
        let before: PostgresSession
        let outcome: PostgresSession.Outcome
    }

    fileprivate init(_ server: SimulatedPostgres) { self.server = server }

    private var network: SimulatedNetwork { server.network }

    // MARK: - The connection

    func connected(_ connection: SimulatedConnection) {
        self.connection = connection
        birth = network.now
    }
    func closed(_ connection: SimulatedConnection) { end() }
    func failed(_ error: Int32, on connection: SimulatedConnection) { end() }

    func received(_ bytes: [UInt8], on connection: SimulatedConnection) {
        noteHolder(connection)
        buffer.append(bytes)
        if network.random.happens(server.faults.slowReading) {
            connection.stopReading()
            network.after(.milliseconds(network.random.number(in: 1...200))) { connection.startReading() }
        }
        goOn()
    }

    private func noteHolder(_ connection: SimulatedConnection) {
        guard let present = connection.holder else { return }
        if let holder, holder != present { server.world.tally.count(.handOver) }
        holder = present
    }

    private func end() {
        if let work { server.world.statementEnded(token: work.outcome.tokens.last, isComplete: false) }
        work = nil
        connection?.close()
        connection = nil
        server.forget(self)
    }

    /// Ends the session as a server does when an administrator terminates it.
    func die(_ code: SQLState, _ message: String) {
        guard let connection else { return }
        server.world.tally.count(.serverDied)
        var writer = WireWriter()
        writer.errorResponse(.fatal, code, message)
        connection.send(writer.bytes)
        end()
    }

    private func dieSomehow() {
        if network.random.happens(0.5) { return die("57P01", "terminating connection due to administrator command") }
        server.world.tally.count(.serverDied)
        if network.random.happens(0.5) { connection?.reset() }
        end()
    }

    // MARK: - Log-in

    private func goOn() {
        while connection != nil, work == nil {
            if session == nil {
                guard let packet = buffer.nextStartupPacket() else { return }
                start(packet)
            } else if isReady {
                guard let message = buffer.next() else { return }
                handle(message)
            } else {
                return
            }
        }
    }

    private func start(_ packet: [UInt8]) {
        switch try? StartupPacket(packet) {
        case .sslRequest, .gssEncRequest: connection?.send([UInt8(ascii: "N")])
        case .cancelRequest(let key):
            server.cancel(key)
            end()
        case .startup(_, let parameters): logIn(parameters)
        case nil:
            server.world.violate("the pooler sent a start-up packet that cannot be read")
            end()
        }
    }

    private func logIn(_ parameters: [StartupParameter]) {
        guard let connection else { return }
        var variables = server.parameters
        for parameter in parameters {
            let value = String(decoding: parameter.value, as: UTF8.self)
            switch parameter.name {
            case "user": user = value
            case "database": database = value
            case "options", "replication": break
            default: variables[parameter.name.lowercased()] = value
            }
        }
        session = PostgresSession(variables: variables)
        server.world.serverOpened(connection, database: database, user: user)
        let delay = network.random.number(in: 0...Int(server.loginTime.wholeNanoseconds))
        network.after(.nanoseconds(delay)) { self.finishLogIn(variables) }
    }

    private func finishLogIn(_ variables: [String: String]) {
        guard let connection else { return }
        if network.random.happens(server.faults.brokenLogin) { return dieSomehow() }
        if network.random.happens(server.faults.refusedLogin) {
            return die(.tooManyConnections, "sorry, too many clients already")
        }
        var writer = WireWriter()
        Authentication.ok.encode(into: &writer)
        ParameterStatus(name: "server_version", value: Array("16.4".utf8)).encode(into: &writer)
        ParameterStatus(name: "integer_datetimes", value: Array("on".utf8)).encode(into: &writer)
        for name in PostgresSession.reported {
            ParameterStatus(name: PostgresSession.spelling(name), value: Array((variables[name] ?? "").utf8))
                .encode(into: &writer)
        }
        key = server.key(for: self)
        writer.backendKeyData(key)
        writer.readyForQuery(.idle)
        connection.send(writer.bytes)
        isReady = true
        becameIdle()
        goOn()
    }

    // MARK: - Work

    private func handle(_ message: Message) {
        guard var session else { return }
        if network.random.happens(server.faults.deathPerMessage) { return dieSomehow() }
        let before = session
        let outcome = session.handle(message)
        self.session = session
        check(outcome, message, before)
        guard outcome.delay > 0 else { return answer(outcome) }
        workCount += 1
        let number = workCount
        work = Work(number: number, message: message, before: before, outcome: outcome)
        network.after(.milliseconds(outcome.delay)) {
            guard let work = self.work, work.number == number else { return }
            self.work = nil
            self.server.world.statementEnded(token: work.outcome.tokens.last, isComplete: true)
            self.answer(work.outcome)
            self.goOn()
        }
    }

    private func answer(_ outcome: PostgresSession.Outcome) {
        if !outcome.bytes.isEmpty { connection?.send(outcome.bytes) }
        if outcome.ends {
            outcome.tokens.isEmpty ? end() : dieSomehow()
        } else if session?.status == .idle, !outcome.bytes.isEmpty {
            becameIdle()
        }
    }

    private func becameIdle() {
        readyCount += 1
        guard network.random.happens(server.faults.deathWhileIdle) else { return }
        let count = readyCount
        network.after(.milliseconds(network.random.number(in: 1...500))) {
            guard count == self.readyCount, self.work == nil, self.session?.status == .idle else { return }
            self.dieSomehow()
        }
    }

    /// No statement may run in a transaction of another client.
    private func check(_ outcome: PostgresSession.Outcome, _ message: Message, _ before: PostgresSession) {
        if server.world.followsStatements,
            session?.statementNames.contains(where: { !$0.isEmpty && !$0.hasPrefix("PGBOUNCER_") }) == true
        {
            server.world.violate("a server knows a statement by a client's name")
        }
        for token in outcome.tokens {
            server.world.statementRuns(token)
            if before.status == .idle, !before.isCopyingIn, !server.keepsSessions {
                server.world.statementBegins(token, in: database, host: server.host, birth: birth)
            }
            guard let client = WorldModel.client(of: token) else { continue }
            if before.status != .idle || before.isCopyingIn, let owner, owner != client {
                server.world.violate("\(token) ran in the transaction of client \(owner)")
            }
            owner = client
        }
    }

    fileprivate func cancel() {
        let tokens = work?.outcome.tokens ?? []
        server.world.cancelArrived(token: tokens.last, isAbandoned: !(connection?.isHeldByPooler ?? false))
        guard let work else { return }
        self.work = nil
        var session = work.before
        connection?.send(session.cancel(work.message))
        self.session = session
        goOn()
    }
}
