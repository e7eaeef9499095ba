import PGAuth
import PGConnInfo
import PGSession
import PGWire
import Testing

/// The exchange with servers that behave correctly.
@Suite struct LogInExchangeTests {
    @Test(arguments: ["", "client_encoding=LATIN1", "client_encoding=auto"])
    func `Text is UTF-8 whatever client_encoding is requested`(option: String) throws {
        let exchange = try LogInExchange.test("user=app \(option)")
        #expect(try StartupPacket(exchange.startup) == .startup(.v3_0, parameters: exchange.testParameters("app")))
    }

    @Test func `The first message is libpq's`() throws {
        let exchange = try LogInExchange.test("user=app dbname=shop application_name=a options='-c x=y'")
        let packet = try StartupPacket(exchange.startup)
        #expect(
            packet
                == .startup(
                    .v3_0,
                    parameters: [
                        StartupParameter(name: "user", value: "app"), StartupParameter(name: "database", value: "shop"),
                        StartupParameter(name: "options", value: "-c x=y"),
                        StartupParameter(name: "application_name", value: "a"),
                        StartupParameter(name: "client_encoding", value: "UTF8"),
                    ]))
    }

    @Test func `A complete greeting is read, in one piece or byte by byte, and the bytes after it are left`() throws {
        var writer = WireWriter()
        Authentication.ok.encode(into: &writer)
        ParameterStatus(name: "server_version", value: Array("17.2".utf8)).encode(into: &writer)
        ParameterStatus(name: "in_hot_standby", value: Array("off".utf8)).encode(into: &writer)
        writer.noticeResponse("hello")
        writer.backendKeyData([0, 0, 0, 7, 1, 2, 3, 4])
        writer.readyForQuery(.idle)
        let greeting = writer.bytes

        var whole = try LogInExchange.test("user=app")
        #expect(try whole.receive(greeting + [65, 66]) == [])
        #expect(whole.isReady)
        #expect(whole.leftover == [65, 66])
        #expect(whole.parameters == ["server_version": "17.2", "in_hot_standby": "off"])
        #expect(whole.cancelKey?.processID == 7)
        #expect(whole.cancelKey?.secret == [1, 2, 3, 4])
        #expect(whole.notices.map(\.message) == ["hello"])

        var torn = try LogInExchange.test("user=app")
        for byte in greeting {
            #expect(!torn.isReady)
            _ = try torn.receive([byte])
        }
        #expect(torn.isReady)
        #expect(torn.leftover == [])
        #expect(torn.parameters == whole.parameters)
    }

    @Test func `A password is sent in clear text and with MD5`() throws {
        var clear = try LogInExchange.test("user=app password=secret")
        #expect(try clear.receive(.cleartextPassword) == Self.password(Array("secret".utf8)))
        #expect(try clear.receive(.ok) == [])

        var hashed = try LogInExchange.test("user=app password=secret")
        // select 'md5' || md5(md5('secretapp') || 'salt')
        #expect(
            try hashed.receive(.md5Password(salt: Array("salt".utf8)))
                == Self.password(Array("md57f097e06031b34893c20e25a0e68242c".utf8)))
    }

    @Test func `SCRAM succeeds with a server that knows the password`() throws {
        for transport in [LogInTransport.plain, .tls(certificateHash: nil), .tls(certificateHash: [1, 2, 3])] {
            var exchange = try LogInExchange.test("user=app password=pencil", on: transport)
            let first = try exchange.receive(.sasl(mechanisms: ["SCRAM-SHA-256"]))
            let response = try SASLInitialResponse(body: Array(first.dropFirst(5)))
            #expect(response.mechanism == "SCRAM-SHA-256")
            let flag = transport == .tls(certificateHash: [1, 2, 3]) ? "y" : "n"
            #expect(response.response == Array("\(flag),,n=,r=\(Self.nonce)".utf8))
            var server = ScramPeer(password: "pencil", header: "\(flag),,")
            let final = try exchange.receive(.saslContinue(server.first(to: response.response ?? [])))
            _ = try exchange.receive(.saslFinal(try server.final(to: Array(final.dropFirst(5)))))
            #expect(try exchange.receive(.ok) == [])
        }
    }

    @Test func `If the server offers it, the proof is bound to its certificate`() throws {
        let hash: [UInt8] = Array(0..<32)
        for rule in ["prefer", "require"] {
            var exchange = try LogInExchange.test(
                "user=app password=pencil channel_binding=\(rule)", on: .tls(certificateHash: hash))
            let first = try exchange.receive(.sasl(mechanisms: ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"]))
            let response = try SASLInitialResponse(body: Array(first.dropFirst(5)))
            #expect(response.mechanism == "SCRAM-SHA-256-PLUS")
            var server = ScramPeer(password: "pencil", header: "p=tls-server-end-point,,", binding: hash)
            let final = try exchange.receive(.saslContinue(server.first(to: response.response ?? [])))
            _ = try exchange.receive(.saslFinal(try server.final(to: Array(final.dropFirst(5)))))
            #expect(try exchange.receive(.ok) == [])
        }
    }

    @Test func `Two SCRAM keys replace the password`() throws {
        var server = ScramPeer(password: "pencil", header: "n,,")
        let client = String(decoding: Base64.encode(server.keys.clientKey.bytes), as: UTF8.self)
        let other = String(decoding: Base64.encode(server.keys.serverKey.bytes), as: UTF8.self)
        var exchange = try LogInExchange.test("user=app scram_client_key=\(client) scram_server_key=\(other)")
        let first = try exchange.receive(.sasl(mechanisms: ["SCRAM-SHA-256"]))
        let response = try SASLInitialResponse(body: Array(first.dropFirst(5)))
        let final = try exchange.receive(.saslContinue(server.first(to: response.response ?? [])))
        _ = try exchange.receive(.saslFinal(try server.final(to: Array(final.dropFirst(5)))))
        #expect(try exchange.receive(.ok) == [])
    }

    @Test func `An older server may use protocol 3 0, and a newer one may send a long key`() throws {
        var exchange = try LogInExchange.test("user=app max_protocol_version=3.2")
        #expect(try StartupPacket(exchange.startup) == .startup(.v3_2, parameters: exchange.testParameters("app")))
        var writer = WireWriter()
        writer.negotiateProtocolVersion(newestMinor: 0, unrecognized: [])
        Authentication.ok.encode(into: &writer)
        _ = try exchange.receive(writer.bytes)
        #expect(exchange.version == .v3_0)

        var new = try LogInExchange.test("user=app max_protocol_version=latest")
        writer.removeAll()
        Authentication.ok.encode(into: &writer)
        writer.backendKeyData([0, 0, 0, 7] + Array(repeating: 9, count: 256))
        writer.readyForQuery(.idle)
        _ = try new.receive(writer.bytes)
        #expect(new.cancelKey?.secret.count == 256)
    }

    static let nonce = "rOprNGfwEbeRWgbNEkqO"

    private static func password(_ bytes: [UInt8]) -> [UInt8] {
        var writer = WireWriter()
        writer.passwordMessage(bytes)
        return writer.bytes
    }
}
