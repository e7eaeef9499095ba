import LoginCore
import PGAuth
import PGWire
import PoolerConfig
import Testing

/// The errors sent to clients are PostgreSQL 15's, the log lines PgBouncer 1.25.2's; both observed.
@Suite struct ProofTests {
    static let asked: [(AuthType, Kind, UInt8)] = [
        (.plain, .plain, 3), (.plain, .md5, 3), (.plain, .scram, 3), (.md5, .plain, 5), (.md5, .md5, 5),
        (.md5, .scram, 10), (.scramSHA256, .plain, 10), (.scramSHA256, .scram, 10),
    ]

    @Test(arguments: asked)
    func theRightPasswordIsAccepted(_ method: AuthType, _ kind: Kind, _ request: UInt8) throws {
        var world = LoginWorld(method, kind.secret)
        world.receive(startup())
        #expect(world.sent.first?[8] == request)
        try world.answer(with: "right")
        #expect(world.acceptance != nil)
        #expect(world.acceptance?.role == nil)
        #expect(world.refusal == nil)
        #expect(world.notes.isEmpty)
        // The keys of a SCRAM exchange open servers with the same secret; a password in clear proves no keys.
        #expect((world.acceptance?.keys != nil) == (kind == .scram && request == 10))
    }

    @Test(arguments: asked + [(.scramSHA256, .md5, 10)])
    func aWrongPasswordIsAnsweredAsByPostgreSQL(_ method: AuthType, _ kind: Kind, _ request: UInt8) throws {
        var world = LoginWorld(method, kind.secret)
        world.receive(startup())
        // No proof by SCRAM is right where the secret is an md5 hash.
        try world.answer(with: kind == .md5 && request == 10 ? "right" : "wrong")
        let usesSASL = request == 10
        #expect(world.refusal == .wrongPassword(user: "joe", usingSASL: usesSASL))
        #expect(world.refusal?.reason == (usesSASL ? "SASL authentication failed" : "password authentication failed"))
        guard case .error(let fields)? = world.refusal?.answer else { return }
        #expect(fields.severity == "FATAL")
        #expect(fields.code == "28P01")
        #expect(fields.message == "password authentication failed for user \"joe\"")
        #expect(fields.text("D") == (usesSASL ? "SASL authentication failed" : nil))
        switch (usesSASL, kind) {
        case (true, .md5):
            #expect(
                world.notes == [
                    "error SCRAM authentication failed: user has MD5 secret", "error password authentication failed",
                ])
        case (true, _): #expect(world.notes == ["error password authentication failed"])
        case (false, _): #expect(world.notes.isEmpty)
        }
    }

    /// What a client sees of a user that does not exist: everything it is sent, and what was hashed meanwhile, which it
    /// can measure.
    @Test(arguments: [AuthType.plain, .md5, .scramSHA256], [Kind.plain, .md5, .scram])
    func anUnknownUserLooksLikeAKnownOne(_ method: AuthType, _ kind: Kind) throws {
        // With md5 a SCRAM secret is asked for by SCRAM, as by PgBouncer.
        guard (method, kind) != (.md5, .scram) else { return }
        var known = LoginWorld(method, kind.secret)
        var unknown = LoginWorld(method, nil)
        known.receive(startup())
        unknown.receive(startup())
        try known.answer(with: "wrong")
        try unknown.answer(with: "wrong")
        #expect(known.sent.map(\.count) == unknown.sent.map(\.count))
        #expect(known.refusal == unknown.refusal)
        #expect(known.orders.count == unknown.orders.count)
        #expect(unknown.orders.count == (method == .md5 ? 0 : 1))
        #expect(unknown.notes.first == "log no such user: joe")
    }

    @Test func aPlainSecretIsHashedOnlyAtTheEndAndOnce() throws {
        var world = LoginWorld(.scramSHA256, Kind.plain.secret)
        world.receive(startup())
        try world.answer(with: "right")
        #expect(world.orders == [.verifier])
        let secret = ScramSecret(password: bytes("right"), parameters: world.subject.parameters)
        var second = world
        second.login = ClientLogin()
        (second.orders, second.sent, second.acceptance) = ([], [], nil)
        second.subject.verifier = ScramVerifier(secret)
        second.receive(startup())
        try second.answer(with: "right")
        #expect(second.orders.isEmpty)
        #expect(second.acceptance != nil)
    }

    @Test func aRefusalTakesOneHashingWhateverIsKnown() throws {
        var world = LoginWorld(.scramSHA256, Kind.plain.secret)
        world.subject.verifier = ScramVerifier(
            ScramSecret(password: bytes("right"), parameters: world.subject.parameters))
        world.receive(startup())
        try world.answer(with: "wrong")
        #expect(world.orders == [.delay])
        #expect(world.refusal != nil)
    }

    @Test(arguments: [AuthType.plain, .scramSHA256], [Kind.plain, .scram])
    func tooManyIterationsAreNotComputed(_ method: AuthType, _ kind: Kind) throws {
        let many = PeerLimits.scramIterations + 1
        let stored = try #require(ScramParameters(salt: [1], iterations: many))
        let known = Kind.scramSecret
        let secret =
            kind == .scram
            ? StoredSecret.scram(
                ScramSecret(parameters: stored, storedKey: known.storedKey, serverKey: known.serverKey))
            : kind.secret
        var world = LoginWorld(method, secret, iterations: many)
        world.receive(startup())
        if method == .plain { try world.answer(with: "wrong") } else { world.receive(scramFirst) }
        #expect(world.orders.isEmpty)
        // A SCRAM secret with any number of iterations lets its client in: the client computes them.
        let isComputedHere = (method, kind) != (.scramSHA256, .scram) && (method, kind) != (.plain, .plain)
        #expect(world.notes.contains { $0.contains("\(many) iterations, at most") } == isComputedHere)
    }

    private let scramFirst: [UInt8] = {
        var writer = WireWriter()
        writer.saslInitialResponse(mechanism: "SCRAM-SHA-256", bytes("n,,n=,r=abcdefgh"))
        return writer.bytes
    }()

    @Test func aLogInFailsWhenTooManyPasswordsWait() throws {
        for (method, kind) in [(AuthType.plain, Kind.scram), (.scramSHA256, .plain)] {
            var world = LoginWorld(method, kind.secret)
            world.hashes = false
            world.receive(startup())
            try world.answer(with: "right")
            #expect(world.refusal?.reason == "too many passwords are being checked")
        }
        // What would only have been delayed is refused at once.
        var world = LoginWorld(.plain, nil)
        world.hashes = false
        world.receive(startup())
        try world.answer(with: "wrong")
        #expect(world.refusal == .wrongPassword(user: "joe", usingSASL: false))
    }

    @Test func trustRequiresAKnownUser() {
        var world = LoginWorld(.trust, nil)
        world.receive(startup())
        #expect(world.refusal?.reason == "\"trust\" authentication failed")
        #expect(world.notes == ["log no such user: joe"])
    }

    @Test func anyRequiresAForcedUser() {
        var world = LoginWorld(.any, nil, place: .database(lacksForcedUser: true))
        world.receive(startup())
        #expect(world.refusal?.reason == "bouncer config error")
        #expect(world.notes == ["error auth_type=any requires forced user"])
    }

    @Test(arguments: [AuthType.plain, .md5])
    func anEmptyPasswordIsNamed(_ method: AuthType) {
        var world = LoginWorld(method, Kind.plain.secret)
        world.receive(startup())
        world.receive(message("p", [0]))
        #expect(world.refusal == LoginRefusal("empty password returned by client", code: "28P01"))
    }

    @Test func noClientLogsInWithAnEmptySecret() throws {
        for method in [AuthType.plain, .md5, .scramSHA256] {
            var world = LoginWorld(method, .plain(PlainPassword([])))
            world.receive(startup())
            try world.answer(with: method == .plain ? "x" : "")
            #expect(world.refusal?.reason.hasSuffix("authentication failed") == true, "\(method)")
        }
    }

    @Test(
        arguments: [
            (message("X", []), LoginRefusal.silent("client close request")),
            (message("Q", bytes("select 1\0")), LoginRefusal("unknown pkt")),
            ([UInt8(ascii: "p"), 0, 1, 0, 4], LoginRefusal("bad packet header")),
            ([UInt8(ascii: "p"), 0, 0, 0, 3], LoginRefusal("bad packet header")),
            (message("p", bytes("torn")), LoginRefusal("bad packet")),
            (message("p", bytes("a\0b\0")), LoginRefusal("bad packet")),
        ] as [([UInt8], LoginRefusal)])
    func whatIsNoPasswordIsRefused(_ bytes: [UInt8], _ refusal: LoginRefusal) {
        var world = LoginWorld(.plain, Kind.plain.secret)
        world.receive(startup() + bytes)
        #expect(world.refusal == refusal)
    }

    @Test(
        arguments: [
            ("SCRAM-MD5", "n,,n=,r=abc", "client selected an invalid SASL authentication mechanism", nil),
            (
                "SCRAM-SHA-256", "p=tls-unique,,n=,r=abc", "SASL authentication failed",
                "error client requires SCRAM channel binding, but it is not supported"
            ),
            (
                "SCRAM-SHA-256", "n,a=x,n=,r=abc", "SASL authentication failed",
                "error client uses authorization identity, but it is not supported"
            ),
        ] as [(String, String, String, String?)])
    func aScramExchangeFailsInPgBouncersWords(_ mechanism: String, _ first: String, _ reason: String, _ note: String?) {
        var world = LoginWorld(.scramSHA256, Kind.scram.secret)
        world.receive(startup())
        var writer = WireWriter()
        writer.saslInitialResponse(mechanism: mechanism, bytes(first))
        world.receive(writer.bytes)
        #expect(world.refusal?.reason == reason)
        #expect(world.notes.first == note)
    }
}
