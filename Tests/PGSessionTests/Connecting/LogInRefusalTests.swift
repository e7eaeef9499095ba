import PGAuth
import PGConnInfo
import PGSession
import PGWire
import Testing

/// Servers that must not be trusted, and the resulting errors, in libpq 18's words if it has some.
@Suite struct LogInRefusalTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let options: String
        let transport: LogInTransport
        let server: [Authentication]
        let error: LogInError
        var testDescription: String { "\(options): \(server)" }

        init(_ options: String, _ server: [Authentication], on transport: LogInTransport = .plain, _ error: LogInError)
        {
            (self.options, self.server, self.transport, self.error) = (options, server, transport, error)
        }
    }

    private static let tls = LogInTransport.tls(certificateHash: [1, 2, 3])
    private static let plus = Authentication.sasl(mechanisms: ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"])
    private static let scram = Authentication.sasl(mechanisms: ["SCRAM-SHA-256"])
    private static let first = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
    private static let unproved = "server accepted the log-in without proving that it knows the password"

    private static func requirement(_ list: String, _ reason: String) -> LogInError {
        .authentication("authentication method requirement \"\(list)\" failed: \(reason)")
    }
    private static func serverFirst(_ text: String) -> [Authentication] { [scram, .saslContinue(Array(text.utf8))] }
    private static func serverFinal(_ text: String) -> [Authentication] {
        serverFirst(first) + [.saslFinal(Array(text.utf8))]
    }

    static let table: [Row] = [
        // No password.
        Row("user=u", [.cleartextPassword], .authentication("fe_sendauth: no password supplied")),
        Row("user=u", [scram], .authentication("fe_sendauth: no password supplied")),
        // require_auth
        Row(
            "user=u password=p require_auth=scram-sha-256", [.cleartextPassword],
            requirement("scram-sha-256", "server requested a cleartext password")),
        Row(
            "user=u password=p require_auth=scram-sha-256", [.md5Password(salt: [1, 2, 3, 4])],
            requirement("scram-sha-256", "server requested a hashed password")),
        Row(
            "user=u password=p require_auth=md5", [scram],
            requirement("md5", "server requested SCRAM-SHA-256 authentication")),
        Row(
            "user=u password=p require_auth=scram-sha-256", [.ok],
            requirement("scram-sha-256", "server did not complete authentication")),
        Row(
            "user=u password=p require_auth=!none", [.ok],
            requirement("!none", "server did not complete authentication")),
        Row(
            "user=u password=p require_auth=scram-sha-256", [scram, .ok],
            requirement("scram-sha-256", "server did not complete authentication")),
        Row(
            "user=u password=p require_auth=!gss", [.unsupported(7)],
            requirement("!gss", "server requested GSSAPI authentication")),
        // A SCRAM exchange that has begun must be completed.
        Row("user=u password=p", [scram, .ok], .authentication(unproved)),
        Row("user=u password=p", serverFirst(first) + [.ok], .authentication(unproved)),
        Row(
            "user=u password=p", [scram, .cleartextPassword],
            .protocolViolation("server sent an authentication request out of turn")),
        Row(
            "user=u password=p", [.md5Password(salt: [1, 2, 3, 4]), .cleartextPassword],
            .protocolViolation("server sent an authentication request out of turn")),
        Row(
            "user=u password=p", [.saslContinue([])],
            .protocolViolation("server sent an authentication request out of turn")),
        Row(
            "user=u password=p", [scram, scram],
            .protocolViolation("server sent an authentication request out of turn")),
        // SCRAM's own rules.
        Row(
            "user=u password=p", serverFirst("r=another,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"),
            .authentication("invalid SCRAM response (nonce mismatch)")),
        Row(
            "user=u password=p", serverFirst("r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"),
            .authentication("invalid SCRAM response (nonce mismatch)")),
        Row(
            "user=u password=p", serverFirst("r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=0"),
            .authentication("malformed SCRAM message (invalid iteration count in server-first-message)")),
        Row(
            "user=u password=p", serverFirst("r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=2000000000"),
            .authentication("server demands 2000000000 SCRAM iterations, at most 10000000 are computed")),
        Row(
            "user=u password=pencil", serverFinal("v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
            .authentication("incorrect server signature")),
        Row(
            "user=u password=pencil", serverFinal("x=1"),
            .authentication("malformed SCRAM message (attribute \"v\" expected in server-final-message)")),
        Row(
            "user=u password=pencil", serverFinal("e=invalid-proof"),
            .authentication("error received from server in SCRAM exchange: invalid-proof")),
        Row(
            "user=u password=p", [.sasl(mechanisms: ["OAUTHBEARER"])],
            .authentication("none of the server's SASL authentication mechanisms are supported")),
        // Channel binding.
        Row(
            "user=u password=p", [plus],
            .authentication("server offered SCRAM-SHA-256-PLUS authentication over a non-SSL connection")),
        Row(
            "user=u password=p channel_binding=require", [scram], on: tls,
            .authentication(
                "channel binding is required, but server did not offer an authentication method that supports channel "
                    + "binding")),
        Row(
            "user=u password=p channel_binding=require", [scram],
            .authentication(
                "channel binding is required, but server did not offer an authentication method that supports channel "
                    + "binding")),
        Row(
            "user=u password=p channel_binding=require", [plus], on: .tls(certificateHash: nil),
            .authentication("channel binding is required, but the server's certificate has no hash to bind to")),
        Row(
            "user=u password=p channel_binding=require", [.ok], on: tls,
            .authentication("channel binding required, but server authenticated client without channel binding")),
        Row(
            "user=u password=p channel_binding=require", [.cleartextPassword], on: tls,
            .authentication("channel binding required but not supported by server's authentication request")),
        Row(
            "user=u password=p channel_binding=require", [plus, .ok], on: tls,
            .authentication("channel binding required, but server authenticated client without channel binding")),
        // Unsupported methods.
        Row("user=u password=p", [.unsupported(7)], .authentication("GSSAPI authentication is not supported")),
        Row("user=u password=p", [.unsupported(99)], .authentication("method 99 authentication is not supported")),
    ]

    @Test(arguments: table)
    func `It is refused`(row: Row) throws {
        var exchange = try LogInExchange.test(row.options, on: row.transport)
        for request in row.server.dropLast() { _ = try exchange.receive(request) }
        let last = try #require(row.server.last)
        #expect(throws: row.error) { try exchange.receive(last) }
    }

    /// Invalid bytes, as no server sends them.
    @Test(arguments: [
        ("HTTP/1.1 400", "expected authentication request from server, but received H"),
        ("\u{1}    ", "expected authentication request from server, but received ?"),
        ("R\u{7F}\u{7F}\u{7F}\u{7F}", "received invalid authentication request"),
        ("R\u{0}\u{0}\u{0}\u{4}", "received invalid authentication request"),
        ("E\u{0}\u{1}\u{0}\u{0}", "received invalid error message"),
        ("v\u{7F}\u{7F}\u{7F}\u{7F}", "received invalid protocol negotiation message"),
        ("R\u{0}\u{0}\u{0}\u{8}\u{0}\u{0}\u{0}\u{5}", "invalid message from server during startup"),
        (
            "R\u{0}\u{0}\u{0}\u{8}\u{0}\u{0}\u{0}\u{0}Z\u{0}\u{0}\u{0}\u{5}T",
            "unexpected message from server during startup"
        ),
        (
            "R\u{0}\u{0}\u{0}\u{8}\u{0}\u{0}\u{0}\u{0}T\u{0}\u{0}\u{0}\u{4}",
            "unexpected message from server during startup"
        ),
        (
            "R\u{0}\u{0}\u{0}\u{8}\u{0}\u{0}\u{0}\u{0}R\u{0}\u{0}\u{0}\u{8}\u{0}\u{0}\u{0}\u{0}",
            "unexpected message from server during startup"
        ),
        ("R\u{0}\u{0}\u{0}\u{8}\u{0}\u{0}\u{0}\u{0}S\u{0}\u{0}\u{0}\u{3}", "invalid message length: 3"),
        ("R\u{0}\u{0}\u{0}\u{8}\u{0}\u{0}\u{0}\u{0}S\u{7F}\u{7F}\u{7F}\u{7F}", "invalid message length: 2139062143"),
        (
            "R\u{0}\u{0}\u{0}\u{8}\u{0}\u{0}\u{0}\u{0}K\u{0}\u{0}\u{0}\u{9}12345",
            "a cancel key of 1 bytes is not allowed in protocol version 3.0"
        ),
        (
            "R\u{0}\u{0}\u{0}\u{8}\u{0}\u{0}\u{0}\u{0}K\u{0}\u{0}\u{0}\u{6}12",
            "invalid message from server during startup"
        ),
    ])
    func `Garbage is no server`(bytes: String, reason: String) throws {
        var exchange = try LogInExchange.test("user=u")
        #expect(throws: LogInError.protocolViolation(reason)) { try exchange.receive(Array(bytes.utf8)) }
    }

    @Test(arguments: [
        (2, 0, "server requested downgrade to pre-3.0 protocol version"),
        (3, 1, "server requested downgrade to non-existent 3.1 protocol version"),
        (3, 2, "server negotiated but asks for no changes"),
        (3, 9, "server requested downgrade to a higher-numbered version"),
    ])
    func `A version that was not asked for is refused`(major: Int, minor: Int, reason: String) throws {
        var exchange = try LogInExchange.test("user=u max_protocol_version=3.2")
        let word = ProtocolVersion(major: major, minor: minor)
        var writer = WireWriter()
        writer.message(BackendMessage.negotiateProtocolVersion) { body in
            body.int32(word.code)
            body.int32(0)
        }
        #expect(throws: LogInError.protocolViolation("received invalid protocol negotiation message: \(reason)")) {
            try exchange.receive(writer.bytes)
        }
    }

    @Test func `A version below the minimum is refused`() throws {
        var exchange = try LogInExchange.test("user=u min_protocol_version=3.2 max_protocol_version=3.2")
        var writer = WireWriter()
        writer.negotiateProtocolVersion(newestMinor: 0, unrecognized: [])
        let reason = #"server only supports protocol version 3.0, but "min_protocol_version" was set to 3.2"#
        #expect(throws: LogInError.protocolViolation(reason)) { try exchange.receive(writer.bytes) }
    }

    @Test func `A server that sends without end is disconnected`() throws {
        var exchange = try LogInExchange.test("user=u")
        _ = try exchange.receive(.ok)
        var writer = WireWriter()
        ParameterStatus(name: "x", value: Array(repeating: 120, count: 100_000)).encode(into: &writer)
        var error: LogInError?
        for _ in 0..<1000 where error == nil {
            do throws(LogInError) { _ = try exchange.receive(writer.bytes) } catch let thrown { error = thrown }
        }
        #expect(error == .protocolViolation("the server sent too much data during log-in"))
    }

    @Test func `The server's error is kept, and no secret is shown`() throws {
        var exchange = try LogInExchange.test("user=u password=hunter2")
        var writer = WireWriter()
        writer.errorResponse(.fatal, "28P01", "password authentication failed")
        let expected = { (error: LogInError) in
            guard case .server(let server) = error else { return false }
            return server.sqlState == "28P01" && "\(error)" == "FATAL:  password authentication failed"
        }
        do throws(LogInError) {
            _ = try exchange.receive(writer.bytes)
            Issue.record("was accepted")
        } catch { #expect(expected(error)) }
        #expect(!"\(exchange) \(String(reflecting: exchange))".contains("hunter2"))
    }
}
