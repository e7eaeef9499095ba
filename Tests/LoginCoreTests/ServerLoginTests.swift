import LoginCore
import PGAuth
import PGWire
import SeededChance
import Testing

@Suite struct ServerLoginTests {
    /// A log-in whose actions are described in one word each.
    struct World {
        var login: ServerLogin
        var chance = SplitMix64(seed: 3)
        var sent: [[UInt8]] = []

        init(_ secret: StoredSecret? = nil, keys: ScramKeys? = nil) {
            login = ServerLogin(user: "joe", secret: secret, provenKeys: keys)
        }

        mutating func hear(_ type: MessageType, _ body: [UInt8] = []) -> String {
            carryOut(login.handle(type, body, using: &chance))
        }

        mutating func hear(_ request: Authentication) -> String {
            var writer = WireWriter()
            request.encode(into: &writer)
            return hear(BackendMessage.authentication, Array(writer.bytes.dropFirst(5)))
        }

        private mutating func carryOut(_ action: ServerLogin.Action) -> String {
            switch action {
            case .none: return "none"
            case .send(let bytes):
                sent.append(bytes)
                return "send"
            case .derive(let password, let parameters):
                return carryOut(login.derived(ScramKeys.derive(password: password, parameters: parameters)))
            case .learn(let parameter): return "learn \(parameter.name)"
            case .keep(let key): return "key \(key.count)"
            case .ready: return "ready"
            case .refused(let error): return "refused \(error.message)"
            case .fail(let message, let note): return "fail \(message)" + (note.map { " / \($0.text)" } ?? "")
            case .hangUp(let reason): return "hang up: \(reason)"
            }
        }

        /// The body of the last message sent.
        var body: [UInt8] { Array(sent.last?.dropFirst(5) ?? []) }
    }

    private static func parameter(_ name: String, _ value: String) -> [UInt8] { bytes("\(name)\0\(value)\0") }
    private static let salt: [UInt8] = [1, 2, 3, 4]

    @Test func aServerThatRequestsNoPasswordIsAccepted() {
        var world = World()
        #expect(world.hear(.ok) == "none")
        #expect(world.hear("S", Self.parameter("server_version", "15.14")) == "learn server_version")
        #expect(world.hear("K", [0, 0, 0, 1, 9, 9, 9, 9]) == "key 8")
        #expect(world.hear("N", bytes("SNOTICE\0Mhello\0\0")) == "none")
        #expect(world.hear("Z", bytes("I")) == "ready")
    }

    @Test func passwordsAreSentAsRequested() {
        var clear = World(Kind.plain.secret)
        #expect(clear.hear(.cleartextPassword) == "send")
        #expect(clear.body == bytes("right\0"))
        for kind in [Kind.plain, .md5] {
            var world = World(kind.secret)
            #expect(world.hear(.md5Password(salt: Self.salt)) == "send")
            #expect(world.body == MD5Password(password: bytes("right"), user: "joe").response(salt: Self.salt) + [0])
            #expect(world.hear(.ok) == "none")
        }
    }

    private static func server() -> ScramServer {
        var chance = SplitMix64(seed: 4)
        return ScramServer(secret: Kind.scramSecret, nonce: ScramNonce(using: &chance))
    }

    /// Up to the server's proof.
    private static func exchange(_ world: inout World, _ server: inout ScramServer) throws -> String {
        guard world.hear(.sasl(mechanisms: ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"])) == "send" else { return "no SASL" }
        let first = try #require(try SASLInitialResponse(body: world.body).response)
        guard world.hear(.saslContinue(try server.handle(clientFirst: first))) == "send" else { return "no answer" }
        return world.hear(.saslFinal(try server.handle(clientFinal: world.body).serverFinal))
    }

    @Test func scramWorksWithAPasswordAndWithProvenKeys() throws {
        let keys = ScramKeys.derive(password: bytes("right"), parameters: Kind.scramSecret.parameters)
        for var world in [World(Kind.plain.secret), World(Kind.scram.secret, keys: keys)] {
            var server = Self.server()
            #expect(try Self.exchange(&world, &server) == "none")
            #expect(world.hear(.ok) == "none")
            #expect(world.hear("Z", bytes("I")) == "ready")
        }
    }

    @Test func aServerThatDoesNotProveItsIdentityIsRejected() throws {
        var world = World(Kind.plain.secret)
        #expect(world.hear(.sasl(mechanisms: ["SCRAM-SHA-256"])) == "send")
        #expect(world.hear(.ok) == "fail SASL authentication failed")
        world = World(Kind.plain.secret)
        var server = Self.server()
        #expect(world.hear(.sasl(mechanisms: ["SCRAM-SHA-256"])) == "send")
        let first = try #require(try SASLInitialResponse(body: world.body).response)
        #expect(world.hear(.saslContinue(try server.handle(clientFirst: first))) == "send")
        var other = world
        #expect(world.hear(.ok) == "fail SASL authentication failed")
        let forged = bytes("v=") + bytes("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
        #expect(
            other.hear(.saslFinal(forged))
                == "fail server login failed: invalid server signature / invalid server signature")
    }

    // The log lines are PgBouncer's.
    @Test(
        arguments: [
            (nil, .cleartextPassword, "cannot do cleartext authentication: wrong password type"),
            (.md5, .cleartextPassword, "cannot do cleartext authentication: wrong password type"),
            (.scram, .md5Password(salt: salt), "cannot do MD5 authentication: wrong password type"),
            (nil, .md5Password(salt: salt), "cannot do MD5 authentication: wrong password type"),
            (.md5, .sasl(mechanisms: ["SCRAM-SHA-256"]), "cannot do SCRAM authentication: wrong password type"),
            (
                .scram, .sasl(mechanisms: ["SCRAM-SHA-256"]),
                "cannot do SCRAM authentication: password is SCRAM secret but client authentication did not provide SCRAM keys"
            ),
        ] as [(Kind?, Authentication, String)])
    func aSecretThatCannotAnswerIsNamed(_ kind: Kind?, _ request: Authentication, _ note: String) {
        var world = World(kind?.secret)
        #expect(world.hear(request) == "fail server login failed: wrong password type / \(note)")
    }

    @Test func requestsOutOfSequenceEndTheLogIn() {
        let requests: [Authentication] = [
            .cleartextPassword, .md5Password(salt: Self.salt), .sasl(mechanisms: ["SCRAM-SHA-256"]),
        ]
        for first in requests {
            for second in requests {
                var world = World(Kind.plain.secret)
                #expect(world.hear(first) == "send")
                #expect(world.hear(second) == "hang up: authentication request out of turn")
                #expect(world.hear("S", Self.parameter("a", "b")) == "hang up: unknown pkt from server")
            }
        }
        for request in [Authentication.saslContinue([]), .saslFinal([])] {
            var world = World(Kind.plain.secret)
            #expect(world.hear(request) == "hang up: authentication request out of turn")
        }
        var world = World()
        #expect(world.hear(.ok) == "none")
        #expect(world.hear(.ok) == "hang up: authentication request out of turn")
    }

    @Test(arguments: ["S", "K", "Z", "D", "T", "1", "A"] as [MessageType])
    func nothingElseComesBeforeTheServerHasAcceptedTheUser(_ type: MessageType) {
        var world = World()
        #expect(world.hear(type, Self.parameter("a", "b")) == "hang up: unknown pkt from server")
    }

    @Test func parametersAreLimitedInTotal() {
        var world = World()
        _ = world.hear(.ok)
        var last = ""
        var count = 0
        while !last.hasPrefix("hang up"), count < 1_000_000 {
            last = world.hear("S", Self.parameter("name", "value"))
            count += 1
        }
        #expect(last == "hang up: server sent too many parameters")
        #expect(count * 16 <= PeerLimits.parameterBytes + 16)
    }

    @Test func everythingBeforeReadyForQueryIsLimitedInTotal() {
        for isAccepted in [false, true] {
            var world = World()
            if isAccepted { _ = world.hear(.ok) }
            var last = ""
            var sum = 0
            while !last.hasPrefix("hang up"), sum < 1 << 30 {
                last = world.hear("N", [UInt8](repeating: 65, count: 995))
                sum += 1_000
            }
            #expect(last == "hang up: server sent too much before it was ready")
            #expect(sum <= PeerLimits.serverBytes + 1_000)
        }
    }

    @Test(arguments: [(0, false), (4, false), (7, false), (8, true), (260, true), (261, false)])
    func aCancelKeyHasALengthThatTheProtocolAllows(_ count: Int, _ isRight: Bool) {
        var world = World()
        _ = world.hear(.ok)
        let expected = isRight ? "key \(count)" : "hang up: broken BackendKeyData packet"
        #expect(world.hear("K", [UInt8](repeating: 1, count: count)) == expected)
    }

    @Test func tooManyIterationsAreNotComputed() throws {
        var world = World(Kind.plain.secret)
        _ = world.hear(.sasl(mechanisms: ["SCRAM-SHA-256"]))
        let first = try #require(try SASLInitialResponse(body: world.body).response)
        let nonce = String(decoding: first, as: UTF8.self).split(separator: "r=")[1]
        let challenge = "r=\(nonce)x,s=AAAA,i=\(PeerLimits.scramIterations + 1)"
        let answer = world.hear(.saslContinue(bytes(challenge)))
        #expect(answer.hasPrefix("fail SASL authentication failed"))
        #expect(answer.contains("10000001 SCRAM iterations"))
    }

    @Test func theServersRefusalIsPassedOn() {
        var world = World()
        #expect(world.hear("E", bytes("SFATAL\0C28P01\0Mno\0\0")) == "refused no")
        world = World()
        #expect(world.hear("E", bytes("torn")) == "refused server login failed")
    }
}
