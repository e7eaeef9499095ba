import AdminConsole
import Glibc
import IOEngine
import LoginCore
import MonotonicTime
import PGAuth
import PGWire
import PoolCore
import PoolerConfig
import PoolerStats
import RelayCore

/// Who a client is and which pool it joins: from the start-up message to ReadyForQuery.
extension Worker where Engine: ~Copyable {
    /// Finds out what is known about a client that has sent its start-up message, and whether there is room for it.
    mutating func identify(_ slot: Slot<Client>, _ request: StartupRequest, _ login: PendingLogin) {
        clients[slot].phase = .authenticating
        clients[slot].details.user = request.user
        clients[slot].details.database = request.database
        clients[slot].parameters = request.parameters
        if live.settings.applicationNameAddHost { addHost(slot) }

        let console = consoleAccess(slot, request)
        guard admit(slot, request, login, console) else { return }
        logAttempt(slot)
        var random = SystemRandomNumberGenerator()
        login.exchange.identified(subject(login, console), using: &random)
    }

    /// What the console says about the client; `nil` for a client of a database.
    // Inlined, as the next ones are, because a call that does not mutate the worker copies it.
    @inline(__always)
    private func consoleAccess(_ slot: Slot<Client>, _ request: StartupRequest) -> ConsoleAccess? {
        guard request.database == ConsoleState.databaseName else { return nil }
        return ConsoleAccess(
            user: request.user, isOwnAccount: clients[slot].details.peerUser == getuid(),
            admins: live.settings.adminUsers, stats: live.settings.statsUsers)
    }

    @inline(__always)
    private func subject(_ login: PendingLogin, _ console: ConsoleAccess?) -> LoginSubject {
        let iterations = live.settings.scramIterations
        let place =
            console.map { LoginSubject.Place.console($0) }
            ?? .database(lacksForcedUser: login.isDatabaseKnown && login.forcedUser == nil)
        let facts = login.user?.loginFacts(iterations: iterations)
        // Where there is no secret, nothing is compared with what is derived from these.
        let parameters =
            facts?.parameters ?? ScramParameters.standIn(salt: shared.processSecret, iterations: iterations)
        return LoginSubject(
            method: live.settings.authType, secret: facts?.secret, verifier: facts?.verifier, parameters: parameters,
            processSecret: shared.processSecret, place: place)
    }

    private mutating func addHost(_ slot: Slot<Client>) {
        guard let index = live.tracked.index(of: "application_name") else { return }
        let name = clients[slot].parameters[index].map { String(decoding: $0, as: UTF8.self) } ?? "app"
        clients[slot].parameters[index] = Array("\(name) - \(clients[slot].details.peer.consoleText)".utf8)
    }

    @inline(__always)
    private func logAttempt(_ slot: Slot<Client>) {
        guard live.settings.logConnections else { return }
        let (name, details) = (prefix(ofClient: slot), clients[slot].details)
        shared.log.write(
            .log,
            "\(name)login attempt: db=\(details.database) user=\(details.user) tls=no replication=no")
    }

    /// Counts the client towards the limits, or sends it away.
    private mutating func admit(
        _ slot: Slot<Client>, _ request: StartupRequest, _ login: PendingLogin, _ console: ConsoleAccess?
    ) -> Bool {
        let live = live
        let outcome = withBook { book, _ -> (AdmissionRefusal?, ClientDetails.Admission) in
            var admission = ClientDetails.Admission()
            if console == nil {
                login.findDatabase(request.database, book, live)
                admission.database = login.database?.id
            }
            login.findUser(request.user, &book, live)
            admission.user = login.user?.id
            // A client that has proved nothing does not learn whether a database is disabled.
            login.isDisabled = admission.database.map { book.group.isDisabled($0) } ?? false
            if login.isDisabled { admission.database = nil }
            let refusal =
                if let console {
                    Self.admitToConsole(&admission, isExempt: console.isExemptFromLimits, &book)
                } else {
                    book.group.admit(database: admission.database, user: admission.user)
                }
            return (refusal, admission)
        }
        clients[slot].details.isDatabaseKnown = console != nil || login.isDatabaseKnown
        if let refusal = outcome.0 {
            disconnectClient(slot, refusal.message, code: refusal.code)
            return false
        }
        clients[slot].details.admission = outcome.1
        return true
    }

    /// The console is open however many clients there are; only `stats_users` have a limit of their own.
    private static func admitToConsole(
        _ admission: inout ClientDetails.Admission, isExempt: Bool, _ book: inout PoolBook
    ) -> AdmissionRefusal? {
        admission.database = book.console
        _ = book.group.admit(database: nil, user: nil, isExempt: true)
        let refusal = book.group.admitAlso(database: book.console, user: admission.user, isExempt: isExempt)
        var noActions: [PoolGroup.Action] = []
        if refusal != nil { book.group.dismiss(database: nil, user: nil, at: .zero, into: &noActions) }
        return refusal
    }

    // MARK: - Joining a pool

    /// Continues after the client has authenticated.
    mutating func authenticated(_ slot: Slot<Client>, _ login: PendingLogin) {
        if clients[slot].details.role != nil { return finishConsoleLogin(slot) }
        guard let database = login.database ?? registerDatabase(slot) else { return }
        guard !login.isDisabled else {
            return disconnectClient(slot, "database \"\(database.name)\" is disabled")
        }
        let (live, client, now) = (live, clients[slot].id, now)
        let pool = withBook { book, actions -> Pool? in
            let user = login.user ?? book.user(named: login.exchange.request?.user ?? "", live)
            let pool = book.pool(database: database, loginUser: user, live, at: now, into: &actions)
            if let pool { book.group.handle(.clientJoined(client, pool.id), at: now, into: &actions) }
            return pool
        }
        guard clients.isLive(slot) else { return }
        guard let pool else { return disconnectClient(slot, "database removed") }
        clients[slot].pool = pool
        clients[slot].details.joinedPool = pool.id
        clients[slot].link.scope = live.poolMode(database: database.poolMode, user: pool.user.name).scope
        clients[slot].timeouts = live.timeouts(user: clients[slot].details.user)
        clients[slot].phase = .awaitingWelcome
        decide(.clientWaits(client, pool.id, worker: id, for: .welcome, since: now))
        // What it sends before it is welcome stays in the kernel: nothing is kept for one that may wait for long.
        if clients.isLive(slot), clients[slot].id == client, clients[slot].phase == .awaitingWelcome {
            hold(slot, for: .awaitingWelcome)
        }
    }

    /// Makes a database from the fallback entry, for a client that has authenticated.
    ///
    /// - Returns: `nil` when there is none, or its limits refuse the client; which has been told.
    private mutating func registerDatabase(_ slot: Slot<Client>) -> Database? {
        let (live, name, now) = (live, clients[slot].details.database, now)
        let (made, refusal) = withBook { book, actions -> ((database: Database, isNew: Bool)?, AdmissionRefusal?) in
            guard let made = book.database(serving: name, live, at: now, into: &actions) else { return (nil, nil) }
            return (made, book.group.admitAlso(database: made.database.id, user: nil))
        }
        guard let made else {
            if live.settings.logConnections {
                let user = clients[slot].details.user
                shared.log.write(.log, "\(prefix(ofClient: slot))login failed: db=\(name) user=\(user)")
            }
            disconnectClient(slot, "no such database: \(name)")
            return nil
        }
        if made.isNew { shared.log.write(.log, "registered new auto-database: db=\(name)") }
        if let refusal {
            disconnectClient(slot, refusal.message, code: refusal.code)
            return nil
        }
        clients[slot].details.admission?.database = made.database.id
        return made.database
    }

    /// Ends the log-in: the client learns the parameters its servers have and may send queries.
    mutating func welcome(_ slot: Slot<Client>) {
        guard let pool = clients[slot].pool, let welcome = pool.welcome else {
            return disconnectClient(slot, "failed to prepare welcome message")
        }
        clients[slot].parameters.fillUnknown(from: welcome.tracked)
        let known = parameterSets.shared(clients[slot].parameters, named: live.tracked)
        clients[slot].parameters = known.set
        writer.removeAll()
        Authentication.ok.encode(into: &writer)
        if !live.settings.loginNotifyMessage.isEmpty { writer.noticeResponse(live.settings.loginNotifyMessage) }
        writer.raw(welcome.messages)
        writer.raw(known.messages)
        finishLogin(slot)
        stats(of: pool.database.id) { $0.clientLogins += 1 }
    }

    /// Sends the key and ReadyForQuery after what ``writer`` holds, and handles what the client sent early.
    mutating func finishLogin(_ slot: Slot<Client>) {
        let key = shared.cancelKeys.issue(to: clients[slot].id, at: id)
        clients[slot].details.cancelKey = key
        writer.backendKeyData(key.bytes)
        writer.readyForQuery(.idle)
        sendWritten(toClient: slot)
        let early = clients[slot].login?.exchange.takeRest() ?? []
        clients[slot].login = nil
        clients[slot].requestTime = now
        clients[slot].phase = clients[slot].details.role == nil ? .active : .console
        release(slot, from: .awaitingWelcome)
        armTimer(slot)
        guard !early.isEmpty else { return }
        unsafe early.withUnsafeBytes { unsafe receive(fromClient: slot, ReceivedPiece(bytes: $0)) }
    }
}

extension ScramParameters {
    /// Parameters with this salt, or with the default number of iterations where the number is out of range.
    fileprivate static func standIn(salt: [UInt8], iterations: Int) -> ScramParameters {
        var random = SystemRandomNumberGenerator()
        return ScramParameters(salt: salt, iterations: iterations)
            ?? ScramParameters(iterations: iterations, using: &random)
    }
}

extension AdmissionRefusal {
    /// The codes PostgreSQL uses for the same refusals, where it has them.
    var code: SQLState {
        switch self {
        case .tooManyClients, .tooManyDatabaseClients, .tooManyUserClients: .tooManyConnections
        case .shuttingDown: .cannotConnectNow
        case .databaseDisabled, .noSuchDatabase: .protocolViolation
        }
    }
}
