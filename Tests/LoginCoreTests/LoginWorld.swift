import LoginCore
import PGAuth
import PGWire
import PoolerConfig
import RelayCore
import SeededChance

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

func message(_ type: Character, _ body: [UInt8]) -> [UInt8] {
    var writer = WireWriter()
    writer.message(MessageType(rawValue: type.asciiValue ?? 0)) { $0.raw(body) }
    return writer.bytes
}

/// A start-up packet with this body after the length word.
func packet(_ body: [UInt8]) -> [UInt8] {
    var writer = WireWriter()
    writer.untyped { $0.raw(body) }
    return writer.bytes
}

func startup(user: String = "joe", database: String = "app", _ more: [String] = []) -> [UInt8] {
    let words = ["user", user, "database", database] + more
    return packet([0, 3, 0, 0] + words.flatMap { bytes($0) + [0] } + [0])
}

/// One log-in, with the test in the daemon's role: what is known of the client is given at once, and passwords
/// are hashed when they come.
struct LoginWorld {
    var login = ClientLogin()
    var subject: LoginSubject
    var chance = SplitMix64(seed: 1)
    /// What the client was sent.
    var sent: [[UInt8]] = []
    /// `log no such user: joe`
    var notes: [String] = []
    var orders: [KeyOrder.Purpose] = []
    var hashes = true
    var acceptance: ClientLogin.Acceptance?
    var refusal: LoginRefusal?
    var cancelKey: [UInt8]?

    init(
        _ method: AuthType = .scramSHA256, _ secret: StoredSecret? = nil, iterations: Int = 2,
        place: LoginSubject.Place = .database(lacksForcedUser: false)
    ) {
        let parameters = ScramParameters(iterations: iterations, using: &chance)
        subject = LoginSubject(
            method: method, secret: secret, parameters: parameters, processSecret: [1, 2, 3], place: place)
    }

    mutating func receive(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { unsafe login.receive($0) }
        let rules = ClientLogin.Rules(tracked: TrackedNames(), ignoredParameters: [])
        while let action = login.next(rules, using: &chance) { carryOut(action) }
    }

    private mutating func carryOut(_ action: ClientLogin.Action) {
        switch action {
        case .send(let bytes): sent.append(bytes)
        case .log(let note): notes.append("\(note.level) \(note.text)")
        case .identify: login.identified(subject, using: &chance)
        case .derive(let order):
            orders.append(order.purpose)
            login.derived(hashes ? ScramSecret(password: order.password, parameters: order.parameters) : nil)
        case .cancel(let key): cancelKey = key
        case .accept(let acceptance): self.acceptance = acceptance
        case .refuse(let refusal): self.refusal = refusal
        }
    }

    // MARK: - The client's side

    /// Answers what is asked with this password.
    mutating func answer(with password: String, user: String = "joe") throws {
        let request = try Authentication(body: Array(sent.last?.dropFirst(5) ?? []))
        switch request {
        case .cleartextPassword: receive(message("p", bytes(password) + [0]))
        case .md5Password(let salt):
            let response = MD5Password(password: bytes(password), user: user).response(salt: salt)
            receive(message("p", response + [0]))
        case .sasl: try proveByScram(password)
        default: break
        }
    }

    private mutating func proveByScram(_ password: String) throws {
        var scram = ScramClient(nonce: ScramNonce(using: &chance))
        var writer = WireWriter()
        writer.saslInitialResponse(mechanism: "SCRAM-SHA-256", scram.clientFirst)
        receive(writer.bytes)
        guard
            case .saslContinue(let challenge)? = try sent.last.map({ try Authentication(body: Array($0.dropFirst(5))) })
        else { return }
        let parameters = try scram.handle(serverFirst: challenge)
        let keys = ScramKeys.derive(password: bytes(password), parameters: parameters)
        receive(message("p", try scram.respond(with: keys)))
    }
}

/// A secret of each kind for the password `right` of `joe`.
enum Kind: CaseIterable, Sendable {
    case plain, md5, scram

    var secret: StoredSecret {
        switch self {
        case .plain: .plain(PlainPassword(bytes("right")))
        case .md5: .md5(MD5Password(password: bytes("right"), user: "joe"))
        case .scram: .scram(Self.scramSecret)
        }
    }

    static var scramSecret: ScramSecret {
        var chance = SplitMix64(seed: 9)
        return ScramSecret(password: bytes("right"), parameters: ScramParameters(iterations: 2, using: &chance))
    }

}
