import PGAuth
import SeededChance
import Testing

/// Messages that violate the grammar, and valid ones that appear to.
///
/// The client's messages were sent to PostgreSQL 15.20, which accepts and refuses the same ones, with one exception: it
/// accepts an empty client nonce.
@Suite("Malformed SCRAM messages")
struct ScramMalformedTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let message: String
        let error: ScramError?
        var testDescription: String { message }

        init(_ message: String, _ error: ScramError? = nil) { (self.message, self.error) = (message, error) }
    }

    static let keys: ScramKeys = {
        var chance = SplitMix64(seed: 0)
        return ScramKeys.derive(password: bytes("pencil"), parameters: ScramParameters(iterations: 1, using: &chance))
    }()

    static func nonce(_ text: String) throws -> ScramNonce { try #require(ScramNonce(text: bytes(text))) }

    static let clientFirst = [
        Row("n,,n=,r=abc"), Row("y,,n=,r=abc"), Row("n,,n=é,r=abc"), Row("n,,n=ca=2Crl,r=abc"),
        Row("n,,n=,r=abc,x=1,y=2"), Row("n,,n=,r=abc,m=1"), Row("n,,n=,r=abc,"),
        Row("n,,n=,r=" + String(repeating: "a", count: 1016)),
        Row("n,,n=,r=" + String(repeating: "a", count: 1017), .messageTooLong),
        Row("", .malformed(.clientFirst, .channelBindingFlag)), Row("n", .malformed(.clientFirst, .channelBindingFlag)),
        Row("x,,n=,r=abc", .malformed(.clientFirst, .channelBindingFlag)),
        Row("N,,n=,r=abc", .malformed(.clientFirst, .channelBindingFlag)),
        Row("n,", .malformed(.clientFirst, .noAttribute)), Row("n,b,n=,r=abc", .malformed(.clientFirst, .noAttribute)),
        Row("p=tls-unique,,n=,r=abc", .channelBindingRequired), Row("n,a=bob,n=,r=abc", .authorizationIdentity),
        Row("n,,m=x,n=,r=abc", .unsupportedExtension),
        Row("n,,", .malformed(.clientFirst, .attributeExpected("n"))),
        Row("n,,r=abc", .malformed(.clientFirst, .attributeExpected("n"))),
        Row("n,,n=", .malformed(.clientFirst, .attributeExpected("r"))),
        Row("n,,n=,", .malformed(.clientFirst, .attributeExpected("r"))),
        Row("n,,n=,r", .malformed(.clientFirst, .attributeExpected("r"))),
        Row("n,,n=,r=", .malformed(.clientFirst, .nonce)), Row("n,,n=,r=a b", .malformed(.clientFirst, .nonce)),
        Row("n,,n=,r=aé", .malformed(.clientFirst, .nonce)), Row("n,,n=,r=a\u{7F}", .malformed(.clientFirst, .nonce)),
        Row("n,,n=,r=abc,1=x", .malformed(.clientFirst, .noAttribute)),
        Row("n,,n=,r=abc,x", .malformed(.clientFirst, .noAttribute)),
        Row("n,,n=,r=abc\0", .malformed(.clientFirst, .zeroByte)),
    ]

    @Test(arguments: clientFirst)
    func aClientsFirstMessageIsChecked(_ row: Row) throws {
        var server = ScramServer(secret: ScramSecret(keys: Self.keys), nonce: try Self.nonce("SRV"))
        let outcome = Result { () throws(ScramError) in try server.handle(clientFirst: bytes(row.message)) }
        #expect(outcome.failure == row.error)
    }

    /// `R` is replaced by the nonce, `P` by the right proof for the text before it.
    static let clientFinal = [
        Row("c=biws,r=R,p=P"), Row("c=biws,r=R,x=1,p=P"), Row("c=biws,r=R,x=1,y=,p=P"), Row("c=biws,r=R,p=P,"),
        Row("c=eSws,r=R,p=P", .channelBindingMismatch), Row("c=,r=R,p=P", .channelBindingMismatch),
        Row("c=biwsAAAA,r=R,p=P", .channelBindingMismatch),
        Row("", .malformed(.clientFinal, .attributeExpected("c"))),
        Row("c", .malformed(.clientFinal, .attributeExpected("c"))),
        Row("r=R,p=P", .malformed(.clientFinal, .attributeExpected("c"))),
        Row("c=biws", .malformed(.clientFinal, .attributeExpected("r"))),
        Row("c=biws,p=P", .malformed(.clientFinal, .attributeExpected("r"))),
        Row("c=biws,r=abc,p=P", .nonceMismatch), Row("c=biws,r=RR,p=P", .nonceMismatch),
        Row("c=biws,r=,p=P", .nonceMismatch),
        Row("c=biws,r=R", .malformed(.clientFinal, .noAttribute)),
        Row("c=biws,r=R,q=P", .malformed(.clientFinal, .noAttribute)),
        Row("c=biws,r=R,1=x,p=P", .malformed(.clientFinal, .noAttribute)),
        Row("c=biws,r=R,p=P,x=1", .malformed(.clientFinal, .garbageAtEnd)),
        Row("c=biws,r=R,p=P\0", .malformed(.clientFinal, .zeroByte)),
        Row("c=biws,r=R,p=", .malformed(.clientFinal, .base64)),
        Row("c=biws,r=R,p=AAAA", .malformed(.clientFinal, .base64)),
        Row("c=biws,r=R,p=!!!!", .malformed(.clientFinal, .base64)),
        Row("c=biws,r=R,p= P", .malformed(.clientFinal, .base64)),
        Row("c=biws,r=R,p=" + String(repeating: "A", count: 43) + "=", .proofMismatch),
        Row(String(repeating: "a", count: 1025), .messageTooLong),
    ]

    @Test(arguments: clientFinal)
    func aClientsFinalMessageIsChecked(_ row: Row) throws {
        var server = ScramServer(secret: ScramSecret(keys: Self.keys), nonce: try Self.nonce("SRV"))
        let serverFirst = try server.handle(clientFirst: bytes("n,,n=,r=cli"))
        let message = bytes(row.message).flatMap { $0 == UInt8(ascii: "R") ? bytes("cliSRV") : [$0] }
        var signed = message
        if let comma = text(message).firstRange(of: ",p=") {
            signed = bytes(String(text(message)[..<comma.lowerBound]))
        }
        let transcript = ScramTranscript.join(bytes("n=,r=cli"), serverFirst, signed)
        let proof = Base64.encode((Self.keys.clientKey ^ Self.keys.storedKey.authenticate(transcript)).bytes)
        let whole = message.flatMap { $0 == UInt8(ascii: "P") ? proof : [$0] }

        let outcome = Result { () throws(ScramError) in try server.handle(clientFinal: whole) }
        #expect(outcome.failure == row.error)
    }

    @Test func aClientThatSupportsChannelBindingMustSaySoTwice() throws {
        for (repeated, error) in [("eSws", nil), ("biws", ScramError.channelBindingMismatch)] {
            var server = ScramServer(secret: ScramSecret(keys: Self.keys), nonce: try Self.nonce("SRV"))
            let serverFirst = try server.handle(clientFirst: bytes("y,,n=,r=cli"))
            let signed = bytes("c=\(repeated),r=cliSRV")
            let transcript = ScramTranscript.join(bytes("n=,r=cli"), serverFirst, signed)
            let proof = Self.keys.clientKey ^ Self.keys.storedKey.authenticate(transcript)
            let message = signed + bytes(",p=") + Base64.encode(proof.bytes)
            let outcome = Result { () throws(ScramError) in try server.handle(clientFinal: message) }
            #expect(outcome.failure == error)
        }
    }

    static let serverFirst = [
        Row("r=cliSRV,s=AAAA,i=1"), Row("r=cliSRV,s=AAAA,i=4096,x=1"), Row("r=cliSRV,s=AAAA,i=10000000"),
        Row("r=cliSRV,s=AAAA,i=10000001", .tooManyIterations(10_000_001)),
        Row("r=cliSRV,s=AAAA,i=9999999999", .tooManyIterations(9_999_999_999)),
        Row("r=cliSRV,s=AAAA,i=99999999999", .malformed(.serverFirst, .iterations)),
        Row("r=cliSRV,s=AAAA,i=0", .malformed(.serverFirst, .iterations)),
        Row("r=cliSRV,s=AAAA,i=-1", .malformed(.serverFirst, .iterations)),
        Row("r=cliSRV,s=AAAA,i=", .malformed(.serverFirst, .iterations)),
        Row("r=cliSRV,s=AAAA,i=4x", .malformed(.serverFirst, .iterations)),
        Row("r=cliSRV,s=AAAA,i=1,", nil), Row("r=cliSRV,s=AAAA,i=1,?", .malformed(.serverFirst, .noAttribute)),
        Row("r=cliSRV,s=,i=1", .malformed(.serverFirst, .base64)),
        Row("r=cliSRV,s=AAA,i=1", .malformed(.serverFirst, .base64)),
        Row("r=cliSRV,s=AAAA", .malformed(.serverFirst, .attributeExpected("i"))),
        Row("r=cliSRV,i=1", .malformed(.serverFirst, .attributeExpected("s"))),
        Row("", .malformed(.serverFirst, .attributeExpected("r"))),
        Row("m=1,r=cliSRV,s=AAAA,i=1", .unsupportedExtension),
        Row("r=cli,s=AAAA,i=1", .nonceMismatch), Row("r=clISRV,s=AAAA,i=1", .nonceMismatch),
        Row("r=,s=AAAA,i=1", .nonceMismatch),
        Row("r=cliS V,s=AAAA,i=1", .malformed(.serverFirst, .nonce)),
        Row("r=cliSRV,s=AAAA,i=1\0", .malformed(.serverFirst, .zeroByte)),
        Row(String(repeating: "a", count: 1025), .messageTooLong),
    ]

    @Test(arguments: serverFirst)
    func aServersFirstMessageIsChecked(_ row: Row) throws {
        var client = ScramClient(nonce: try Self.nonce("cli"))
        let outcome = Result { () throws(ScramError) in try client.handle(serverFirst: bytes(row.message)) }
        #expect(outcome.failure == row.error)
    }

    static let serverFinal = [
        Row("e=other-error", .refusedByServer("other-error")), Row("e=", .refusedByServer("")),
        Row("", .malformed(.serverFinal, .attributeExpected("v"))),
        Row("v", .malformed(.serverFinal, .attributeExpected("v"))),
        Row("v=", .malformed(.serverFinal, .base64)), Row("v=AAAA", .malformed(.serverFinal, .base64)),
        Row("v=AAAA,x=1", .malformed(.serverFinal, .garbageAtEnd)),
        Row("v=" + String(repeating: "A", count: 43) + "=", .serverSignatureMismatch),
        Row("v=\0", .malformed(.serverFinal, .zeroByte)), Row(String(repeating: "v", count: 1025), .messageTooLong),
    ]

    @Test(arguments: serverFinal)
    func aServersFinalMessageIsChecked(_ row: Row) throws {
        var client = ScramClient(nonce: try Self.nonce("cli"))
        var server = ScramServer(secret: ScramSecret(keys: Self.keys), nonce: try Self.nonce("SRV"))
        _ = try client.handle(serverFirst: server.handle(clientFirst: client.clientFirst))
        _ = try client.respond(with: Self.keys)
        let outcome = Result { () throws(ScramError) in try client.handle(serverFinal: bytes(row.message)) }
        #expect(outcome.failure == row.error)
        #expect(!client.isComplete)
    }

    /// Half of them are random, half are valid messages with a few bytes changed, removed or duplicated.
    @Test func twoThousandInvalidMessagesNeverTrap() throws {
        let right = [
            "n,,n=,r=cli", "c=biws,r=cliSRV,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", "r=cliSRV,s=AAAA,i=4096",
            "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
        ]
        var accepted = 0
        for seed in 0..<2_000 as Range<UInt64> {
            var chance = SplitMix64(seed: seed)
            var garbage: [UInt8]
            if seed.isMultiple(of: 2) {
                garbage = (0..<Int.random(in: 0...64, using: &chance)).map { _ in
                    UInt8.random(in: .min ... .max, using: &chance)
                }
            } else {
                garbage = bytes(right[Int(seed / 2 % 4)])
                for _ in 0..<Int.random(in: 1...3, using: &chance) {
                    let index = Int.random(in: garbage.indices, using: &chance)
                    switch Int.random(in: 0..<3, using: &chance) {
                    case 0: garbage[index] = UInt8.random(in: .min ... .max, using: &chance)
                    case 1: garbage.removeSubrange(index..<min(index + 5, garbage.count))
                    default: garbage.insert(contentsOf: garbage[index...].prefix(5), at: index)
                    }
                    if garbage.isEmpty { break }
                }
            }
            var server = ScramServer(secret: ScramSecret(keys: Self.keys), nonce: try Self.nonce("SRV"))
            var client = ScramClient(nonce: try Self.nonce("cli"))
            accepted += (try? server.handle(clientFirst: garbage)) == nil ? 0 : 1
            accepted += (try? client.handle(serverFirst: garbage)) == nil ? 0 : 1

            server = ScramServer(secret: ScramSecret(keys: Self.keys), nonce: try Self.nonce("SRV"))
            client = ScramClient(nonce: try Self.nonce("cli"))
            _ = try client.handle(serverFirst: server.handle(clientFirst: client.clientFirst))
            _ = try client.respond(with: Self.keys)
            #expect(throws: ScramError.self) { try server.handle(clientFinal: garbage) }
            #expect(throws: ScramError.self) { try client.handle(serverFinal: garbage) }
            _ = StoredSecret(garbage)
            _ = SASLprep.prepare(garbage)
            _ = Base64.decode(garbage)
        }
        #expect(accepted > 50, "these messages test only the first check")
    }
}

extension Result {
    var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}
