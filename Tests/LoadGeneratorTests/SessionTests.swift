import LoadGenerator
import PGAuth
import PGWire
import Testing

@Suite struct SessionTests {
    /// A session that receives bytes in pieces of a given size, and its events.
    private struct Dialogue {
        var session: Session
        var keys = ScramKeyCache()
        var sent: [UInt8] = []

        init(password: String? = nil, usesSync: Bool = false) {
            let password = password.map { PlainPassword(Array($0.utf8)) }
            session = Session(login: LoginExchange(user: "bob", password: password), usesSync: usesSync)
        }

        mutating func receive(_ bytes: [UInt8], inPiecesOf size: Int = .max) -> [Session.Event] {
            var events: [Session.Event] = []
            var start = 0
            while start < bytes.count {
                let piece = Array(bytes[start..<(start + min(size, bytes.count - start))])
                start += piece.count
                var position = 0
                while true {
                    var writer = WireWriter()
                    let event = unsafe session.advance(
                        in: piece.span.bytes, at: &position, keys: &keys, writer: &writer)
                    sent += writer.bytes
                    guard let event else { break }
                    events.append(event)
                    if case .broken = event { return events }
                }
            }
            return events
        }
    }

    private func bytes(_ body: (inout WireWriter) -> Void) -> [UInt8] {
        var writer = WireWriter()
        body(&writer)
        return writer.bytes
    }

    private var welcome: [UInt8] {
        bytes { writer in
            Authentication.ok.encode(into: &writer)
            ParameterStatus(name: "server_version", value: Array("15.4".utf8)).encode(into: &writer)
            writer.backendKeyData([0, 0, 0, 1, 0, 0, 0, 2])
            writer.readyForQuery(.idle)
        }
    }

    @Test(arguments: [1, 2, 3, 7, 1000])
    func aTrustedUserIsLoggedInWhereverTheBytesAreSplit(size: Int) {
        var dialogue = Dialogue()
        #expect(dialogue.receive(welcome, inPiecesOf: size) == [.loggedIn])
        #expect(dialogue.session.serverVersion == "15.4" && dialogue.session.isLoggedIn && dialogue.sent == [])
    }

    @Test func passwordsAreSentAsTheServerRequests() {
        var clear = Dialogue(password: "secret")
        #expect(clear.receive(bytes { Authentication.cleartextPassword.encode(into: &$0) }) == [.reply])
        #expect(clear.sent == bytes { $0.passwordMessage(Array("secret".utf8)) })

        var md5 = Dialogue(password: "secret")
        #expect(md5.receive(bytes { Authentication.md5Password(salt: [1, 2, 3, 4]).encode(into: &$0) }) == [.reply])
        let response = MD5Password(password: Array("secret".utf8), user: "bob").response(salt: [1, 2, 3, 4])
        #expect(md5.sent == bytes { $0.passwordMessage(response) })
    }

    @Test func scramCompletesOnlyWhenTheServerHasProvedItsIdentity() throws {
        for proves in [true, false] {
            var random = SystemRandomNumberGenerator()
            let secret = ScramSecret(
                password: Array("secret".utf8), parameters: ScramParameters(iterations: 10, using: &random))
            var server = ScramServer(secret: secret, nonce: ScramNonce(using: &random))
            var dialogue = Dialogue(password: "secret")
            #expect(
                dialogue.receive(bytes { Authentication.sasl(mechanisms: ["SCRAM-SHA-256"]).encode(into: &$0) })
                    == [.reply])
            let first = try SASLInitialResponse(body: Array(dialogue.sent.dropFirst(5)))
            let serverFirst = try server.handle(clientFirst: try #require(first.response))
            dialogue.sent = []
            #expect(dialogue.receive(bytes { Authentication.saslContinue(serverFirst).encode(into: &$0) }) == [.reply])
            let success = try server.handle(clientFinal: Array(dialogue.sent.dropFirst(5)))
            if proves {
                #expect(
                    dialogue.receive(bytes { Authentication.saslFinal(success.serverFinal).encode(into: &$0) }) == [])
                #expect(dialogue.receive(welcome) == [.loggedIn])
            } else {
                guard case .broken = dialogue.receive(welcome).first else {
                    Issue.record("an impostor was accepted")
                    continue
                }
            }
        }
    }

    @Test func withoutAPasswordAPasswordRequestEndsTheSession() {
        var dialogue = Dialogue()
        let events = dialogue.receive(bytes { Authentication.cleartextPassword.encode(into: &$0) })
        #expect(events == [.broken(ServerError(code: "authentication", message: "fe_sendauth: no password supplied"))])
    }

    @Test(arguments: [1, 5, 1000])
    func rowsAreSkippedAndErrorsDecoded(size: Int) {
        var dialogue = Dialogue()
        _ = dialogue.receive(welcome)
        let answers = bytes { writer in
            writer.rowDescription([ColumnDescription(name: "a", typeOID: 23, typeSize: 4)])
            for _ in 0..<3 { writer.dataRow([Array("Z-E-1".utf8)]) }
            writer.commandComplete("SELECT 3")
            writer.noticeResponse("nothing")
            writer.readyForQuery(.inTransaction)
            writer.errorResponse(.error, "22012", "division by zero")
            writer.errorResponse(.error, "XX000", "and another")
            writer.readyForQuery(.failed)
            writer.readyForQuery(.idle)
        }
        let error = ServerError(code: "22012", message: "ERROR: division by zero")
        #expect(
            dialogue.receive(answers, inPiecesOf: size) == [.answered(nil), .answered(error), .answered(nil)])
        #expect(dialogue.session.status == .idle)
    }

    @Test func theErrorBeforeACloseIsKept() {
        var dialogue = Dialogue()
        #expect(dialogue.receive(bytes { $0.errorResponse(.fatal, "53300", "sorry, too many clients already") }) == [])
        #expect(dialogue.session.lastError?.code == "53300")
    }

    @Test func aCopyIsDeclined() {
        for usesSync in [false, true] {
            var dialogue = Dialogue(usesSync: usesSync)
            _ = dialogue.receive(welcome)
            let copy = bytes { writer in writer.message(BackendMessage.copyInResponse) { $0.raw([0, 0, 0]) } }
            #expect(dialogue.receive(copy) == [.reply])
            #expect(dialogue.sent.first == FrontendMessage.copyFail.rawValue)
            #expect((dialogue.sent.suffix(5) == [UInt8(ascii: "S"), 0, 0, 0, 4]) == usesSync)
        }
    }

    @Test func aPeerThatIsNotPostgreSQLIsRejected() {
        for bytes in [Array("HTTP/1.1 400 Bad Request\r\n".utf8), [0, 0, 0, 0, 0], Array("Z\0\0\0\u{5}I".utf8)] {
            var dialogue = Dialogue()
            guard case .broken(let error)? = dialogue.receive(bytes).last else {
                Issue.record("\(bytes) was accepted")
                continue
            }
            #expect(error.code == "protocol")
        }
    }
}
