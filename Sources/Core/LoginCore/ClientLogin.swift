package import PGAuth
package import RelayCore

/// One client's log-in, from the first byte to its proof, as a value.
///
/// The daemon calls ``receive(_:)`` with bytes, then carries out each ``Action`` that ``next(_:using:)`` gives. Two
/// actions are answered by it: ``Action/identify(_:)`` by ``identified(_:using:)``, and ``Action/derive(_:)`` by
/// ``derived(_:)``. Until then there is no next action, and the client should not be read.
package struct ClientLogin: Sendable {
    package enum Action: Sendable {
        case send([UInt8])
        case log(LoginNote)
        /// Find out what is known about this client, and whether there is room for it.
        case identify(StartupRequest)
        /// Hash a password.
        case derive(KeyOrder)
        /// The packet was a cancel request. The log-in is over.
        case cancel(key: [UInt8])
        /// The client has authenticated. The log-in is over; ``takeRest()`` has what it sent early.
        case accept(Acceptance)
        /// The log-in is over.
        case refuse(LoginRefusal)
    }

    package struct Acceptance: Sendable {
        /// `nil` for a client of a database.
        package var role: ConsoleRole?
        /// The SCRAM keys that the client has proved to have, for servers that store the same secret.
        package var keys: ScramKeys?
    }

    /// The settings that a start-up message is read with.
    package struct Rules: Sendable {
        package var tracked: TrackedNames
        /// `ignore_startup_parameters`
        package var ignoredParameters: [String]

        package init(tracked: TrackedNames, ignoredParameters: [String]) {
            self.tracked = tracked
            self.ignoredParameters = ignoredParameters
        }
    }

    enum State: Sendable {
        /// A start-up packet is to come, perhaps after requests for encryption.
        case startup(encryptionRequests: Int)
        case identifying
        case proving(Proof)
        case deriving(Derivation)
        case over
    }

    /// What the next password message is.
    enum Proof: Sendable {
        case cleartext
        case md5(salt: [UInt8])
        case saslInitialResponse
        // Indirect, like the other large ones: most log-ins have none of them, and all would move their size around.
        indirect case saslResponse(ScramServer)
    }

    /// What happens once a password has been hashed.
    indirect enum Derivation: Sendable {
        case scram(ScramServer, response: [UInt8])
        case comparison(ScramSecret)
        case refusal(LoginRefusal)
    }

    var state = State.startup(encryptionRequests: 0)
    /// Bytes that have arrived and not been handled.
    var received: [UInt8] = []
    /// What the start-up message asked for.
    package internal(set) var request: StartupRequest?
    var subject: LoginSubject?
    /// Actions that have been decided and not been given out.
    private var decided: [Action] = []

    package init() {}

    /// Takes bytes from the client, also those that it sends after its last message.
    package mutating func receive(_ bytes: UnsafeRawBufferPointer) {
        guard received.count + bytes.count <= PeerLimits.clientBytes else {
            return refuse(LoginRefusal("bad packet header"))
        }
        unsafe received.append(contentsOf: bytes)
    }

    /// Whether the daemon owes an answer.
    package var isWaiting: Bool {
        switch state {
        case .identifying, .deriving: decided.isEmpty
        case .startup, .proving, .over: false
        }
    }

    /// What the client sent after its last message, for the code that serves it next.
    package mutating func takeRest() -> [UInt8] {
        defer { received = [] }
        return received
    }

    /// What is to be done now; `nil` when nothing is before more bytes or an answer of the daemon have come.
    package mutating func next(_ rules: Rules, using random: inout some RandomNumberGenerator) -> Action? {
        while decided.isEmpty {
            switch state {
            case .startup(let requests):
                guard let packet = takeStartupPacket() else { break }
                handle(startup: packet, after: requests, rules)
                continue
            case .proving:
                guard let body = takePasswordMessage() else { break }
                handle(password: body, using: &random)
                continue
            case .identifying, .deriving, .over: break
            }
            break
        }
        // There is nearly always one.
        return decided.count > 1 ? decided.removeFirst() : decided.popLast()
    }

    // MARK: - For the other files

    mutating func decide(_ action: Action) { decided.append(action) }

    mutating func log(_ level: LoginNote.Level, _ text: String) { decide(.log(LoginNote(level, text))) }

    mutating func refuse(_ refusal: LoginRefusal) {
        state = .over
        decide(.refuse(refusal))
    }

    /// The first `count` bytes that were received; they are all, as nearly always.
    mutating func take(_ count: Int) -> [UInt8] {
        guard received.count > count else { return takeRest() }
        defer { received.removeFirst(count) }
        return Array(received[..<count])
    }
}
