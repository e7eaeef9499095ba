import AdminConsole
import Glibc
import IOEngine
import PGAuth
import PGWire
import PoolCore
import PoolerConfig
import PoolerStats
import RelayCore

/// From the start-up message to ReadyForQuery.
extension Worker where Engine: ~Copyable {
    mutating func beginLogin(_ slot: Slot<Client>, _ request: StartupRequest) {
        guard let login = clients[slot].login else { return }
        login.request = request
        clients[slot].phase = .authenticating
        clients[slot].details.user = request.user
        clients[slot].details.database = request.database
        clients[slot].parameters = request.parameters
        guard !request.wantsReplication else {
            return disconnectClient(slot, "replication connections are not supported", code: .featureNotSupported)
        }
        if live.settings.applicationNameAddHost { addHost(slot) }

        let isConsole = request.database == ConsoleState.databaseName
        guard admit(slot, request, login, isConsole: isConsole) else { return }
        if request.needsNegotiation {
            writer.removeAll()
            writer.negotiateProtocolVersion(newestMinor: 0, unrecognized: request.unrecognizedOptions)
            sendWritten(toClient: slot)
        }
        logAttempt(slot)
        if isConsole {
            beginConsoleLogin(slot, login)
        } else {
            challenge(slot, login)
        }
    }

    private mutating func addHost(_ slot: Slot<Client>) {
        guard let index = live.tracked.index(of: "application_name") else { return }
        let name = clients[slot].parameters[index].map { String(decoding: $0, as: UTF8.self) } ?? "app"
        clients[slot].parameters[index] = Array("\(name) - \(clients[slot].details.peer.consoleText)".utf8)
    }

    private func logAttempt(_ slot: Slot<Client>) {
        guard live.settings.logConnections else { return }
        let details = clients[slot].details
        shared.log.write(
            .log,
            "\(prefix(ofClient: slot))login attempt: db=\(details.database) user=\(details.user) tls=no replication=no")
    }

    /// Counts the client towards the limits, or sends it away.
    private mutating func admit(
        _ slot: Slot<Client>, _ request: StartupRequest, _ login: ClientLogin, isConsole: Bool
    ) -> Bool {
        let live = live
        let isExempt = isConsole && mayAdminister(slot)
        let outcome = withBook { book, _ -> (AdmissionRefusal?, ClientDetails.Admission) in
            var admission = ClientDetails.Admission()
            if !isConsole {
                login.findDatabase(request.database, book, live)
                admission.database = login.database?.id
            }
            login.findUser(request.user, &book, live)
            admission.user = login.user?.id
            // Whether a database is disabled is nobody's business before the log-in has succeeded.
            login.isDisabled = admission.database.map { book.group.isDisabled($0) } ?? false
            if login.isDisabled { admission.database = nil }
            let refusal =
                isConsole
                ? Self.admitToConsole(&admission, isExempt: isExempt, &book)
                : book.group.admit(database: admission.database, user: admission.user)
            return (refusal, admission)
        }
        clients[slot].details.isDatabaseKnown = isConsole || login.isDatabaseKnown
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
        if refusal != nil { book.group.dismiss(database: nil, user: nil, into: &noActions) }
        return refusal
    }

    // MARK: - Joining a pool

    mutating func authenticated(_ slot: Slot<Client>, _ login: ClientLogin) {
        if clients[slot].details.database == ConsoleState.databaseName { return finishConsoleLogin(slot) }
        guard let database = login.database ?? registerDatabase(slot) else { return }
        guard !login.isDisabled else {
            return disconnectClient(slot, "database \"\(database.name)\" is disabled")
        }
        let (live, client, now) = (live, clients[slot].id, now)
        let pool = withBook { book, actions -> PoolRecord? in
            let user = login.user ?? book.user(named: login.request?.user ?? "", live)
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
        if pool.welcome != nil {
            welcome(slot)
        } else {
            // What it sends before it is welcome stays in the kernel: nothing is kept for one that may wait for long.
            hold(slot, for: .awaitingWelcome)
            decide(.clientWaits(client, pool.id, worker: id, for: .welcome, since: now))
        }
    }

    /// Makes a database from the fallback entry, for a client that has proved who it is.
    ///
    /// - Returns: `nil` when there is none, or its limits refuse the client; which has been told.
    private mutating func registerDatabase(_ slot: Slot<Client>) -> DatabaseRecord? {
        let (live, name) = (live, clients[slot].details.database)
        let (made, refusal) = withBook { book, _ -> ((record: DatabaseRecord, isNew: Bool)?, AdmissionRefusal?) in
            guard let made = book.database(serving: name, live) else { return (nil, nil) }
            return (made, book.group.admitAlso(database: made.record.id, user: nil))
        }
        guard let made else {
            disconnectClient(slot, "no such database: \(name)")
            return nil
        }
        if made.isNew { shared.log.write(.log, "registered new auto-database: db=\(name)") }
        if let refusal {
            disconnectClient(slot, refusal.message, code: refusal.code)
            return nil
        }
        clients[slot].details.admission?.database = made.record.id
        return made.record
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
        writer.raw(welcome.fixed)
        writer.raw(known.messages)
        finishLogin(slot)
        stats(of: pool.database.id) { $0.clientLogins += 1 }
    }

    /// Sends the key and ReadyForQuery behind what ``writer`` holds, and takes up what the client sent early.
    mutating func finishLogin(_ slot: Slot<Client>) {
        let key = shared.cancelKeys.issue(to: clients[slot].id, at: id)
        clients[slot].details.cancelKey = key
        writer.backendKeyData(key.bytes)
        writer.readyForQuery(.idle)
        sendWritten(toClient: slot)
        let early = clients[slot].login?.received ?? []
        clients[slot].login = nil
        clients[slot].requestTime = now
        clients[slot].phase = clients[slot].details.role == .none ? .active : .console
        release(slot, from: .awaitingWelcome)
        armTimer(slot)
        guard !early.isEmpty else { return }
        unsafe early.withUnsafeBytes { unsafe receive(fromClient: slot, ReceivedPiece(bytes: $0)) }
    }
}

extension ClientLogin {
    fileprivate func findDatabase(_ name: String, _ book: borrowing PoolBook, _ live: LiveConfiguration) {
        database = book.databases[name]
        if let database {
            isDatabaseKnown = true
            forcedUser = database.forcedUser
        } else if let entry = live.file.database(serving: name) {
            isDatabaseKnown = true
            forcedUser = entry.user
        }
    }

    fileprivate func findUser(_ name: String, _ book: inout PoolBook, _ live: LiveConfiguration) {
        if live.settings.authType == .any, let forcedUser {
            user = book.user(named: forcedUser, live)
        } else if book.users[name] != nil || live.secrets[name] != nil {
            user = book.user(named: name, live)
        }
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
