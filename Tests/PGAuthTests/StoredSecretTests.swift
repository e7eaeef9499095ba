import PGAuth
import Testing

@Suite("Stored secrets")
struct StoredSecretTests {
    /// From PostgreSQL 15.20: `create role … password …`, then `select rolname, rolpassword from pg_authid`.
    static let real: [(user: String, password: String, stored: String)] = [
        ("ann", "pencil", "md528754acffc5400623f44a44d30b50393"),
        ("bé", "пароль", "md59020a317bdc7e9999fe7d5d8cf8aa232"),
        ("spacey", "  two  words ", "md54310fe9a077c592282c248a3e1605b52"),
        (
            "carl", "pencil",
            "SCRAM-SHA-256$4096:4eiYcaFgEgMPKM/9f4CWWg==$mpj73HaAMVtu82jt9EqGUcaxrmGPii5L2YBUvZHBiGw=:"
                + "uKvt3Erb9ieCFlKmWhRO0sVScjlH00QmWn62DRYBAZQ="
        ),
        (
            "dora", "I\u{AD}X",
            "SCRAM-SHA-256$4096:QbOyUGkyEsVZ0/orqIY0sw==$xdkJNbdcSrMlhhlFot/hE/T3SnQz54Ltjc/KprnrDjw=:"
                + "wBjxcxC7bKHJwcPqDRM7badiir7I3LR4Au0CQ/hqG7M="
        ),
        (
            "emil", "p\u{E4}ssw\u{F6}rd",
            "SCRAM-SHA-256$4096:OPs7Xiu2CF2na7sFgZM6+w==$K67H9VA0YzmZGfuI2Ih/bJ5qg8eJ4PNC8tDI1Wx9/qA=:"
                + "uHO+RtWruUDebjXU1ltMcT758limr/J9D+287GUe0aY="
        ),
    ]

    @Test(arguments: real)
    func realSecretsMatchTheirPasswords(user: String, password: String, stored: String) {
        let secret = StoredSecret(bytes(stored))
        switch secret {
        case .plain: Issue.record("parsed as a plain password")
        case .md5(let md5): #expect(text(md5.stored) == stored)
        case .scram(let scram): #expect(text(scram.stored) == stored)
        }
        #expect(secret.matches(cleartext: bytes(password), user: user))
        #expect(!secret.matches(cleartext: bytes(password + "x"), user: user))
        #expect(!secret.matches(cleartext: [], user: user))
    }

    static let good =
        "SCRAM-SHA-256$4096:AAAA$mpj73HaAMVtu82jt9EqGUcaxrmGPii5L2YBUvZHBiGw=:"
        + "uKvt3Erb9ieCFlKmWhRO0sVScjlH00QmWn62DRYBAZQ="

    /// Each is `good` or an md5 secret with one defect; PgBouncer also treats them as plain passwords, unless noted.
    static let plain = [
        "", "pencil", "md5", "md528754acffc5400623f44a44d30b5039", "md528754acffc5400623f44a44d30b503933",
        "md528754ACFFC5400623F44A44D30B50393", "MD528754acffc5400623f44a44d30b50393",
        "md528754acffc5400623f44a44d30b5039g",
        "SCRAM-SHA-256", "SCRAM-SHA-256$", "SCRAM-SHA-256$4096:AAAA", "SCRAM-SHA-256$4096:AAAA$:",
        good.replacing("SCRAM-SHA-256", with: "SCRAM-SHA-1"), good.replacing("SCRAM", with: "scram"),
        good.replacing("4096", with: ""), good.replacing("4096", with: "x"),
        good.replacing("4096", with: "99999999999"),
        good.replacing("4096", with: "2147483648"),
        good.replacing("4096", with: "0"),  // PgBouncer: a secret that never matches
        good.replacing("AAAA", with: ""), good.replacing("AAAA", with: "AAA"), good.replacing("AAAA", with: "A A="),
        good.replacing("mpj7", with: ""), good.replacing("Gw=:", with: "Gw:"), good + "=", good + ":AAAA", good + "$",
        String(good.dropLast()), " " + good,
    ]

    @Test(arguments: plain)
    func anIncompleteSecretIsAPlainPassword(_ input: String) {
        #expect(StoredSecret(bytes(input)) == .plain(PlainPassword(bytes(input))))
    }

    @Test(arguments: ["1", "4096", "2147483647"])
    func everyPositiveIterationCountIsStored(count: String) {
        let stored = Self.good.replacing("4096", with: count)
        guard case .scram(let secret) = StoredSecret(bytes(stored)) else {
            Issue.record("parsed as another kind")
            return
        }
        #expect(text(secret.stored) == stored)
    }

    @Test func saltsAreBounded() {
        #expect(ScramParameters(salt: [], iterations: 1) == nil)
        #expect(ScramParameters(salt: Array(repeating: 0, count: 1024), iterations: 1) != nil)
        #expect(ScramParameters(salt: Array(repeating: 0, count: 1025), iterations: 1) == nil)
        #expect(ScramParameters(salt: [0], iterations: -1) == nil)
    }

    @Test func anEmptySecretMatchesNothing() {
        let empty = StoredSecret([])
        #expect(!empty.matches(cleartext: [], user: "ann"))
        #expect(empty.md5(user: "ann") == nil)
    }

    @Test func aPlainSecretMatchesOnlyItself() {
        let secret = StoredSecret(bytes("pencil"))
        #expect(secret.matches(cleartext: bytes("pencil"), user: "ann"))
        #expect(!secret.matches(cleartext: bytes("pencik"), user: "ann"))
        #expect(!secret.matches(cleartext: bytes("pencil2"), user: "ann"))
    }

    @Test func noSecretIsEverPrinted() throws {
        let secrets: [Any] = [
            StoredSecret(bytes("pencil")), StoredSecret(bytes(Self.real[0].stored)), StoredSecret(bytes(Self.good)),
            ScramMalformedTests.keys, ScramMalformedTests.keys.clientKey,
            ScramServer(
                secret: ScramSecret(keys: ScramMalformedTests.keys), nonce: try ScramMalformedTests.nonce("SRV")),
            ScramClient(nonce: try ScramMalformedTests.nonce("cli")),
        ]
        for secret in secrets {
            var dumped = ""
            dump(secret, to: &dumped)
            for shown in ["\(secret)", String(reflecting: secret), dumped] {
                #expect(shown.contains("<redacted>"))
                #expect(!shown.contains("pencil") && !shown.contains("28754") && !shown.contains("112, 101"))
                #expect(!shown.contains("154, 152") && !shown.contains("bytes"))
            }
        }
    }
}
