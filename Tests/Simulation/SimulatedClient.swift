import IOEngine
import MonotonicTime
import PGAuth
import PGWire

/// An application: logs in, does work drawn from the seed, and checks that every byte it is sent is the answer that a
/// dedicated server would have given.
final class SimulatedClient: SimulatedPeer {
    /// What it does, and how often.
    struct Habits {
        var database = "db"
        var user = "user"
        var applicationName = ""
        var requestCount = 10
        /// The longest pause between two pieces of work.
        var thinkTime: Duration = .milliseconds(5)
        /// Most bytes in one value of an answer.
        var mostBytes = 5000
        var usesTransactions = true
        /// Named statements, which need the pooler's help in transaction pooling.
        var usesNamedStatements = true
        /// Statement names are used twice, and unknown names are used.
        var misnames = false
        var usesExtended = true
        var usesCopy = true
        var usesPipelines = true
        var usesParameters = true
        /// Parts of requests are sent with pauses in between.
        var tearing = 0.2
        var cancelling = 0.3
        /// The chance, for each piece of work, of leaving in the middle of it.
        var leaving = 0.0
        /// The chance of asking for TLS before logging in.
        var sslRequest = 0.2
        var slowReading = 0.05
        /// Servers and the pooler may refuse it; else only the client itself ends its connection.
        var mayBeTurnedAway = false
        /// `nil`: the pooler asks for none.
        var password: String?
        var usesUnixSocket = false
        var lastRequest = LastRequest.answered

        /// A wrong password must be refused.
        var hasWrongPassword: Bool { password.map { $0 != "secret" } ?? false }
    }

    /// How the last request ends.
    enum LastRequest {
        /// Terminate is sent after its answer.
        case answered
        /// Terminate is sent with it.
        case terminates
        /// The sending side is closed after it.
        case halfCloses
    }

    enum Ending: Equatable {
        /// All work done.
        case finished
        /// Disconnected as its habits say.
        case left
        /// Refused with this message.
        case refused(String)
        /// The connection ended without an error message.
        case lost
        case violated
    }

    let number: Int
    let habits: Habits
    fileprivate let network: SimulatedNetwork
    fileprivate let world: WorldModel
    private let address: SocketAddress
    private(set) var ending: Ending?
    private(set) var answeredCount = 0
    private(set) var stage = "has not begun"

    fileprivate var connection: SimulatedConnection?
    private var buffer = MessageBuffer()
    private var phase = Phase.connecting
    private var key: [UInt8] = []
    private var work = ClientWork()
    /// What may come; more than one possibility while a cancellation is under way.
    private var alternatives: [Alternative] = []
    private var isSending = false
    private var isCancelling = false
    private var doneCount = 0
    private var proof: PasswordProof?
    private var isHalfClosed = false
    private var hasReceivedAnswer = false

    private enum Phase {
        case connecting, askingForTLS, loggingIn, ready, over
    }

    private struct Alternative {
        var expected: [Message]
        var position = 0
        let session: PostgresSession
        /// The rest of the request must not be sent.
        var endsRequest = false
        /// The statements of the request that this answer says are cancelled.
        var cancelled: [String] = []
    }

    init(
        _ number: Int, _ habits: Habits, on network: SimulatedNetwork, _ world: WorldModel,
        connectingTo address: SocketAddress
    ) {
        self.number = number
        self.habits = habits
        self.network = network
        self.world = world
        self.address = address
    }

    var isDone: Bool { ending != nil }

    /// Connects after a time.
    func start(after delay: Duration) {
        network.after(delay) {
            self.stage = "connects"
            self.connection = self.network.connect(to: self.address, as: self)
        }
    }

    // MARK: - The connection

    func connected(_ connection: SimulatedConnection) {
        self.connection = connection
        if network.random.happens(habits.sslRequest) {
            phase = .askingForTLS
            var writer = WireWriter()
            StartupPacket.sslRequest.encode(into: &writer)
            send(writer.bytes)
        } else {
            logIn()
        }
    }

    func received(_ bytes: [UInt8], on connection: SimulatedConnection) {
        guard phase != .over else { return }
        buffer.append(bytes)
        if network.random.happens(habits.slowReading) {
            connection.stopReading()
            network.after(.milliseconds(network.random.number(in: 1...100))) { connection.startReading() }
        }
        if phase == .askingForTLS {
            guard let answer = buffer.nextByte() else { return }
            if answer != UInt8(ascii: "N") { return violate("an SSLRequest was answered with \(answer)") }
            logIn()
        }
        while phase != .over, let message = buffer.next() { handle(message) }
        if phase == .ready { checkWhetherAnswered() }
    }

    func closed(_ connection: SimulatedConnection) { lost("closed") }

    func failed(_ error: Int32, on connection: SimulatedConnection) { lost("error \(error)") }

    private func lost(_ how: String) {
        guard phase != .over else { return }
        // A client that still waits for a server is taken to be gone.
        if isHalfClosed, !hasReceivedAnswer { return end(.left) }
        if !habits.mayBeTurnedAway { world.violate("client \(number), which \(stage), lost its connection: \(how)") }
        end(.lost)
    }

    private func end(_ ending: Ending) {
        phase = .over
        self.ending = ending
        stage += ", then \(ending)"
    }

    private func violate(_ text: String) {
        world.violate("client \(number), which \(stage): \(text)")
        end(.violated)
        connection?.reset()
    }

    // MARK: - Log-in

    private func logIn() {
        phase = .loggingIn
        stage = "logs in"
        var writer = WireWriter()
        var parameters = [
            StartupParameter(name: "user", value: habits.user),
            StartupParameter(name: "database", value: habits.database),
        ]
        if !habits.applicationName.isEmpty {
            parameters.append(StartupParameter(name: "application_name", value: habits.applicationName))
        }
        StartupPacket.startup(.v3_0, parameters: parameters).encode(into: &writer)
        send(writer.bytes)
    }

    private func handle(_ message: Message) {
        switch message.type {
        case BackendMessage.parameterStatus, BackendMessage.noticeResponse, BackendMessage.notificationResponse:
            if phase == .loggingIn, let status = try? ParameterStatus(body: message.body) {
                work.noteParameter(status.name, String(decoding: status.value, as: UTF8.self))
            }
            return
        case BackendMessage.errorResponse:
            if let fields = try? ErrorFields(body: message.body), fields.severity == "FATAL" {
                return refused(fields)
            }
        default: break
        }
        if phase == .ready { return compare(message) }
        switch message.type {
        case BackendMessage.authentication: prove(message.body)
        case BackendMessage.backendKeyData: key = message.body
        case BackendMessage.readyForQuery:
            if habits.hasWrongPassword { return violate("a wrong password was accepted") }
            if habits.usesUnixSocket { world.tally.count(.unixClient) }
            phase = .ready
            stage = "is logged in"
            work.begin(applicationName: habits.applicationName)
            think()
        default: violate("the log-in was answered with message type \(message.type.rawValue)")
        }
    }

    private func prove(_ body: [UInt8]) {
        do {
            let request = try Authentication(body: body)
            if request == .ok {
                if habits.password != nil, proof == nil { violate("no password was asked for") }
                if habits.password != nil { world.tally.count(.passwordAccepted) }
                return
            }
            guard let password = habits.password else { return violate("a password was asked for") }
            var proof = self.proof ?? PasswordProof(user: habits.user, password: password)
            if let answer = try proof.answer(to: request, using: &network.random) { send(answer) }
            self.proof = proof
        } catch {
            violate("the password dialogue fails: \(error)")
        }
    }

    private func refused(_ fields: ErrorFields) {
        if phase == .loggingIn { world.tally.count(.loginRefused) }
        let isRightlyRefused = habits.hasWrongPassword && fields.code == .invalidPassword && phase == .loggingIn
        if !habits.mayBeTurnedAway, !isRightlyRefused {
            world.violate("client \(number), which \(stage), was turned away: \(fields.message)")
        }
        connection?.close()
        end(.refused(fields.message))
    }

    // MARK: - Checking answers

    private func compare(_ message: Message) {
        hasReceivedAnswer = true
        var left: [Alternative] = []
        for var alternative in alternatives where alternative.position < alternative.expected.count {
            guard alternative.expected[alternative.position] == message else { continue }
            alternative.position += 1
            left.append(alternative)
        }
        guard left.isEmpty else { return alternatives = left }
        let expected = alternatives.map { alternative in
            alternative.position < alternative.expected.count
                ? describe(alternative.expected[alternative.position]) : "nothing"
        }
        violate("expected \(expected), received \(describe(message))")
    }

    private func describe(_ message: Message) -> String {
        let text = message.body.prefix(80).map { 0x20..<0x7f ~= $0 ? String(UnicodeScalar($0)) : "." }.joined()
        return "\(UnicodeScalar(message.type.rawValue)) \(message.body.count) bytes \(text)"
    }

    private func checkWhetherAnswered() {
        guard let done = alternatives.first(where: { $0.position == $0.expected.count }) else { return }
        // The pooler may disconnect the client right after an answer; its error is checked once it is complete.
        let isTurnedAway = habits.mayBeTurnedAway && buffer.restType == BackendMessage.errorResponse
        if buffer.restCount > 0, !isTurnedAway { return violate("received \(buffer.restCount) bytes too many") }
        guard !isSending, !isCancelling else { return }
        if !done.cancelled.isEmpty { world.clientIsToldOfCancel(done.cancelled) }
        alternatives = []
        work.session = done.session
        answeredCount += 1
        if isHalfClosed {
            world.tally.count(.halfClosedAnswer)
            connection?.close()
            return end(.finished)
        }
        if let next = work.rest, !done.endsRequest {
            work.rest = nil
            return perform(next)
        }
        work.rest = nil
        doneCount += 1
        think()
    }

    // MARK: - Work

    private func think() {
        let pause = network.random.number(in: 0...max(0, Int(habits.thinkTime.wholeNanoseconds)))
        network.after(.nanoseconds(pause)) { self.doSomething() }
    }

    private func doSomething() {
        guard phase == .ready else { return }
        if doneCount >= habits.requestCount, work.session?.status == .idle {
            switch habits.lastRequest {
            case .answered: return leaveInOrder()
            case .terminates: return terminateWithTheLast()
            case .halfCloses: return halfClose()
            }
        }
        perform(work.next(client: number, habits, using: &network.random, mustFinish: doneCount >= habits.requestCount))
    }

    private func perform(_ request: ClientWork.Request) {
        stage = "does \(request.name)"
        network.trace?("client \(number) \(stage)")
        guard var session = work.session else { return }
        let before = session
        var expected: [Message] = []
        var tokens: [[String]] = []
        world.clientBegins(number, at: network.now)
        for message in request.messages {
            let outcome = session.handle(message)
            expected += Self.expected(outcome)
            tokens.append(outcome.tokens)
        }
        tally(request, expected)
        alternatives = [Alternative(expected: expected, session: session)]
        hasReceivedAnswer = false
        if network.random.happens(habits.leaving) {
            return leaveInTheMiddle(request, tokens: before.isCopyingIn ? [] : tokens)
        }
        if request.isCancellable, network.random.happens(habits.cancelling), let first = request.messages.first {
            var cancelled = before
            var answer = MessageBuffer()
            answer.append(cancelled.cancel(first))
            alternatives.append(
                Alternative(
                    expected: answer.all(), session: cancelled, endsRequest: true,
                    cancelled: tokens.flatMap { $0 }))
            cancelSoon()
        }
        send(request.messages.flatMap(\.bytes))
    }

    private func tally(_ request: ClientWork.Request, _ expected: [Message]) {
        guard habits.usesNamedStatements else { return }
        if request.namesStatement { world.tally.count(.statementNamed) }
        for message in expected {
            if message.type == BackendMessage.commandComplete, message.body == Array("DEALLOCATE ALL\0".utf8) {
                world.tally.count(.statementsDropped)
            }
            guard message.type == BackendMessage.errorResponse, let error = try? ErrorFields(body: message.body)
            else { continue }
            if error.code == "26000" || error.code == "42P05" { world.tally.count(.statementMisnamed) }
        }
    }

    private static func expected(_ outcome: PostgresSession.Outcome) -> [Message] {
        var buffer = MessageBuffer()
        buffer.append(outcome.bytes)
        return buffer.all().filter { $0.type != BackendMessage.parameterStatus }
    }

    // MARK: - Sending

    /// Sends at once, or in two parts with a pause between them.
    private func send(_ bytes: [UInt8]) {
        guard bytes.count > 1, network.random.happens(habits.tearing) else {
            connection?.send(bytes)
            return
        }
        let cut = network.random.number(in: 1...bytes.count - 1)
        connection?.send(Array(bytes[..<cut]))
        isSending = true
        network.after(.milliseconds(network.random.number(in: 0...20))) {
            self.isSending = false
            self.connection?.send(Array(bytes[cut...]))
            if self.phase == .ready { self.checkWhetherAnswered() }
        }
    }

    // MARK: - Cancelling

    private func cancelSoon() {
        isCancelling = true
        network.after(.milliseconds(network.random.number(in: 0...40))) {
            self.world.clientAsksForCancel(self.number)
            self.network.connect(to: self.address, as: CancelRequester(self.key) { self.cancelEnded() })
        }
    }

    private func cancelEnded() {
        isCancelling = false
        if phase == .ready { checkWhetherAnswered() }
    }

    // MARK: - Leaving

    private func leaveInOrder() {
        stage = "leaves"
        var writer = WireWriter()
        writer.terminate()
        connection?.send(writer.bytes)
        connection?.close()
        end(.finished)
    }

    /// Sends a last request and Terminate without waiting for the answer; reads on for a while.
    private func terminateWithTheLast() {
        let request = work.last(client: number, using: &network.random)
        stage = "terminates after \(request.name)"
        world.clientBegins(number, at: network.now)
        world.clientTerminates(number)
        var writer = WireWriter()
        writer.terminate()
        phase = .over
        connection?.send(request.messages.flatMap(\.bytes) + writer.bytes)
        network.after(.milliseconds(200)) {
            self.connection?.close()
            self.end(.finished)
        }
    }

    private func halfClose() {
        isHalfClosed = true
        // The answer to this request must be whole, so it is not sent in pieces that a time separates.
        let request = work.last(client: number, using: &network.random)
        stage = "closes its sending side after \(request.name)"
        guard var session = work.session else { return }
        world.clientBegins(number, at: network.now)
        var expected: [Message] = []
        for message in request.messages { expected += Self.expected(session.handle(message)) }
        alternatives = [Alternative(expected: expected, session: session)]
        hasReceivedAnswer = false
        connection?.send(request.messages.flatMap(\.bytes))
        connection?.closeSending()
    }

    private func leaveInTheMiddle(_ request: ClientWork.Request, tokens: [[String]]) {
        stage = "leaves in the middle of \(request.name)"
        let bytes = request.messages.flatMap(\.bytes)
        // Whole messages and one that cannot be, in one piece; or the beginning of a message.
        let endsInGarbage = network.random.happens(0.3)
        let count = endsInGarbage ? bytes.count : network.random.number(in: 0...bytes.count)
        connection?.send(bytes.prefix(count) + (endsInGarbage ? [0x51, 0, 0, 0, 3] : []))
        if endsInGarbage { world.tally.count(.garbage) }
        var end = 0
        let unsent = zip(request.messages, tokens).flatMap { message, tokens in
            end += message.bytes.count
            return end > count ? tokens : []
        }
        if !unsent.isEmpty, count > 0 { world.clientTears(unsent) }
        let waits = network.random.happens(0.5)
        let isReset = network.random.happens(0.3)
        phase = .over
        network.after(.milliseconds(waits ? network.random.number(in: 0...50) : 0)) {
            if isReset { self.connection?.reset() } else { self.connection?.close() }
            self.end(.left)
            self.expectToBeLetGo()
        }
    }
}

extension SimulatedClient {
    /// A pooler that does not notice that a client has left keeps its place in the queue.
    fileprivate func expectToBeLetGo() {
        network.after(.seconds(2)) {
            guard self.connection?.isHeldByPooler ?? false else { return }
            self.world.violate("client \(self.number), which \(self.stage), is still held two seconds later")
        }
    }
}

extension MessageBuffer {
    /// Every whole message.
    mutating func all() -> [Message] {
        var messages: [Message] = []
        while let message = next() { messages.append(message) }
        return messages
    }
}

/// Sends one cancel request and waits for its end.
final class CancelRequester: SimulatedPeer {
    private let key: [UInt8]
    private let ended: () -> Void

    init(_ key: [UInt8], _ ended: @escaping () -> Void) {
        self.key = key
        self.ended = ended
    }

    func connected(_ connection: SimulatedConnection) {
        var writer = WireWriter()
        StartupPacket.cancelRequest(key: key).encode(into: &writer)
        connection.send(writer.bytes)
    }

    func received(_ bytes: [UInt8], on connection: SimulatedConnection) {}
    func closed(_ connection: SimulatedConnection) { ended() }
    func failed(_ error: Int32, on connection: SimulatedConnection) { ended() }
}
