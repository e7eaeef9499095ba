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
    mutating func beginLogin(_ slot: UInt32, _ request: StartupRequest) {
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

    private mutating func addHost(_ slot: UInt32) {
        guard let index = live.tracked.index(of: "application_name") else { return }
        let name = clients[slot].parameters[index].map { String(decoding: $0, as: UTF8.self) } ?? "app"
        clients[slot].parameters[index] = Array("\(name) - \(clients[slot].details.peer.consoleText)".utf8)
    }

    private func logAttempt(_ slot: UInt32) {
        guard live.settings.logConnections else { return }
        let details = clients[slot].details
        shared.log.write(
            .log,
            "\(prefix(ofClient: slot))login attempt: db=\(details.database) user=\(details.user) tls=no replication=no")
    }

    /// Counts the client towards the limits, or sends it away.
    private mutating func admit(
        _ slot: UInt32, _ request: StartupRequest, _ login: ClientLogin, isConsole: Bool
    ) -> Bool {
        let live = live
        let isExempt = isConsole && mayAdminister(slot)
        let outcome = withBook { book, _ -> (AdmissionRefusal?, ClientDetails.Admission, isNew: Bool) in
            var admission = ClientDetails.Admission()
            var isNew = false
            if !isConsole, let (record, new) = book.database(serving: request.database, live) {
                login.database = record
                admission.database = record.id
                isNew = new
            }
            login.user = Self.findUser(request, login.database, &book, live)
            admission.user = login.user?.id
            // Whether a database is disabled is nobody's business before the log-in has succeeded.
            login.isDisabled = admission.database.map { book.group.isDisabled($0) } ?? false
            if login.isDisabled { admission.database = nil }
            let refusal =
                isConsole
                ? Self.admitToConsole(&admission, isExempt: isExempt, &book)
                : book.group.admit(database: admission.database, user: admission.user)
            return (refusal, admission, isNew)
        }
        clients[slot].details.isDatabaseKnown = isConsole || login.database != nil
        if outcome.isNew, let name = login.database?.name {
            shared.log.write(.log, "registered new auto-database: db=\(name)")
        }
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

    private static func findUser(
        _ request: StartupRequest, _ database: DatabaseRecord?, _ book: inout PoolBook, _ live: LiveConfiguration
    ) -> UserRecord? {
        if live.settings.authType == .any, let forced = database?.entry.user { return book.user(named: forced, live) }
        let isKnown = live.secrets[request.user] != nil
        return isKnown || book.users[request.user] != nil ? book.user(named: request.user, live) : nil
    }

    // MARK: - Authentication

    /// Asks for proof. A user that does not exist is asked just like one that does, and refused at the end.
    mutating func challenge(_ slot: UInt32, _ login: ClientLogin) {
        let secret = login.user?.secret
        switch live.settings.authType {
        case .any:
            guard login.database?.entry.user != nil || login.database == nil else {
                shared.log.write(.error, "\(prefix(ofClient: slot))auth_type=any requires forced user")
                return disconnectClient(slot, "bouncer config error")
            }
            authenticated(slot, login)
        case .trust:
            guard secret != nil else {
                return refuseAuthentication(slot, "\"trust\" authentication failed")
            }
            authenticated(slot, login)
        case .plain:
            login.method = .cleartext
            request(slot, .cleartextPassword)
        case .md5:
            if case .scram = secret { return challengeScram(slot, login) }
            let salt = randomBytes(4)
            login.method = .md5(salt: salt)
            request(slot, .md5Password(salt: salt))
        case .scramSHA256: challengeScram(slot, login)
        case .cert, .hba, .ldap, .pam:
            shared.log.write(
                .error,
                "\(prefix(ofClient: slot))auth_type \(live.settings.authType.rawValue) is not supported yet")
            disconnectClient(slot, "bouncer config error")
        }
    }

    private mutating func challengeScram(_ slot: UInt32, _ login: ClientLogin) {
        login.method = .scramFirst
        request(slot, .sasl(mechanisms: [ScramServer.mechanism]))
    }

    private mutating func request(_ slot: UInt32, _ authentication: Authentication) {
        writer.removeAll()
        authentication.encode(into: &writer)
        sendWritten(toClient: slot)
    }

    private func randomBytes(_ count: Int) -> [UInt8] {
        var random = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    }

    /// Checks one answer of the client.
    mutating func authenticate(_ slot: UInt32, _ body: [UInt8]) {
        guard let login = clients[slot].login else { return }
        let user = login.request?.user ?? ""
        switch login.method {
        case .none: disconnectClient(slot, "unknown pkt")
        case .cleartext:
            guard let password = Self.password(in: body) else { return disconnectClient(slot, "bad packet") }
            guard !password.isEmpty else { return refuseAuthentication(slot, "empty password returned by client") }
            let isRight = login.user?.secret?.matches(cleartext: password, user: user) ?? false
            conclude(slot, login, isRight)
        case .md5(let salt):
            guard let response = Self.password(in: body) else { return disconnectClient(slot, "bad packet") }
            let stored = login.user?.secret?.md5(user: user)
            conclude(slot, login, stored?.accepts(response: response, salt: salt) ?? false)
        case .scramFirst: beginScram(slot, login, body)
        case .scramFinal(let scram): finishScram(slot, login, scram, body)
        }
    }

    private static func password(in body: [UInt8]) -> [UInt8]? {
        var reader = WireReader(body)
        guard let password = try? reader.cStringBytes(), reader.isAtEnd else { return nil }
        return password
    }

    private mutating func conclude(_ slot: UInt32, _ login: ClientLogin, _ isRight: Bool) {
        guard isRight else { return refuseAuthentication(slot, "password authentication failed") }
        authenticated(slot, login)
    }

    private mutating func beginScram(_ slot: UInt32, _ login: ClientLogin, _ body: [UInt8]) {
        guard let first = try? SASLInitialResponse(body: body), let message = first.response else {
            return disconnectClient(slot, "bad packet")
        }
        guard first.mechanism == ScramServer.mechanism else {
            return disconnectClient(slot, "client selected an invalid SASL authentication mechanism")
        }
        let iterations = live.settings.scramIterations
        var random = SystemRandomNumberGenerator()
        let nonce = ScramNonce(using: &random)
        var scram =
            login.user?.scramSecret(iterations: iterations).map { ScramServer(secret: $0, nonce: nonce) }
            ?? ScramServer(
                mockFor: login.request?.user ?? "", processSecret: shared.processSecret, iterations: iterations,
                nonce: nonce)
        do throws(ScramError) {
            let reply = try scram.handle(clientFirst: message)
            login.method = .scramFinal(scram)
            request(slot, .saslContinue(reply))
        } catch {
            shared.log.write(.warning, "\(prefix(ofClient: slot))SASL authentication: \(error)")
            refuseAuthentication(slot, "SASL authentication failed")
        }
    }

    private mutating func finishScram(
        _ slot: UInt32, _ login: ClientLogin, _ scram: ScramServer, _ body: [UInt8]
    ) {
        var scram = scram
        do throws(ScramError) {
            let success = try scram.handle(clientFinal: body)
            if case .scram = login.user?.secret { login.user?.provenKeys = success.keys }
            request(slot, .saslFinal(success.serverFinal))
            authenticated(slot, login)
        } catch {
            refuseAuthentication(slot, "SASL authentication failed")
        }
    }

    /// One message for every cause: who guesses learns nothing.
    private mutating func refuseAuthentication(_ slot: UInt32, _ message: String) {
        disconnectClient(slot, message, code: .invalidPassword)
    }

    // MARK: - Joining a pool

    private mutating func authenticated(_ slot: UInt32, _ login: ClientLogin) {
        if clients[slot].details.database == ConsoleState.databaseName { return finishConsoleLogin(slot) }
        guard let database = login.database else {
            return disconnectClient(slot, "no such database: \(clients[slot].details.database)")
        }
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
        guard clients.isLive(Int(slot)) else { return }
        guard let pool else { return disconnectClient(slot, "database removed") }
        clients[slot].pool = pool
        clients[slot].details.joinedPool = pool.id
        clients[slot].mode = live.poolMode(database: database.entry, user: pool.user.name)
        clients[slot].timeouts = live.timeouts(user: clients[slot].details.user)
        clients[slot].phase = .awaitingWelcome
        if pool.welcome != nil {
            welcome(slot)
        } else {
            decide(.clientWaits(client, pool.id, worker: id, for: .welcome, since: now))
        }
    }

    /// Ends the log-in: the client learns the parameters its servers have and may send queries.
    mutating func welcome(_ slot: UInt32) {
        guard let pool = clients[slot].pool, let welcome = pool.welcome else {
            return disconnectClient(slot, "failed to prepare welcome message")
        }
        clients[slot].parameters.fillUnknown(from: welcome.tracked)
        clients[slot].parameters = parameterSets.shared(clients[slot].parameters)
        writer.removeAll()
        Authentication.ok.encode(into: &writer)
        if !live.settings.loginNotifyMessage.isEmpty { writer.noticeResponse(live.settings.loginNotifyMessage) }
        writer.raw(welcome.fixed)
        for (index, name) in live.tracked.names.enumerated() {
            guard let value = clients[slot].parameters[index] else { continue }
            ParameterStatus(name: name, value: value).encode(into: &writer)
        }
        finishLogin(slot)
        stats(of: pool) { $0.clientLogins += 1 }
    }

    /// Sends the key and ReadyForQuery behind what ``writer`` holds, and takes up what the client sent early.
    mutating func finishLogin(_ slot: UInt32) {
        let key = shared.cancelKeys.issue(to: clients[slot].id, at: id)
        clients[slot].details.cancelKey = key
        writer.backendKeyData(key.bytes)
        writer.readyForQuery(.idle)
        sendWritten(toClient: slot)
        let early = clients[slot].login?.received ?? []
        clients[slot].login = nil
        clients[slot].requestTime = now
        clients[slot].phase = clients[slot].details.role == .none ? .active : .console
        armTimer(slot)
        guard !early.isEmpty else { return }
        unsafe early.withUnsafeBytes { unsafe receive(fromClient: slot, ReceivedPiece(bytes: $0)) }
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
