import PGSession
import PGWire
import Testing
import Weir

/// Servers that are hostile, or are not PostgreSQL.
@Suite(.onlyDirectly, .limited) struct HostileServerTests {
    private static func bytes(_ write: (inout WireWriter) -> Void) -> [UInt8] {
        var writer = WireWriter()
        write(&writer)
        return writer.bytes
    }

    private static let ok = bytes { Authentication.ok.encode(into: &$0) }
    private static let clear = bytes { Authentication.cleartextPassword.encode(into: &$0) }
    private static let error = bytes { $0.errorResponse(.fatal, "53300", "sorry, too many clients already") }
    private static let unproved = bytes {
        Authentication.sasl(mechanisms: ["SCRAM-SHA-256"]).encode(into: &$0)
        Authentication.ok.encode(into: &$0)
    }
    private static let lost = "server closed the connection unexpectedly"

    struct Row: Sendable, CustomTestStringConvertible {
        let options: String
        let acts: [FakeServer.Act]
        let code: PostgresError.Code
        let message: String
        var testDescription: String { "\(options): \(acts)" }

        init(_ options: String, _ acts: [FakeServer.Act], _ code: PostgresError.Code, _ message: String) {
            (self.options, self.acts, self.code, self.message) = (options, acts, code, message)
        }
    }

    static let table: [Row] = [
        // TLS that a man in the middle bypasses: CVE-2021-23222 and similar.
        Row(
            "sslmode=require", [.hear, .say([83] + ok)], .protocolViolation,
            "received unencrypted data after SSL response"),
        Row(
            "sslmode=prefer", [.hear, .say([83, 0])], .protocolViolation, "received unencrypted data after SSL response"
        ),
        Row(
            "sslmode=prefer", [.hear, .say([78] + ok)], .protocolViolation,
            "received unencrypted data after SSL response"),
        Row("sslmode=require", [.hear, .say([78])], .tls, "server does not support SSL, but SSL was required"),
        Row(
            "sslmode=require", [.hear, .say([69])], .protocolViolation,
            "server sent an error response during SSL exchange"),
        // A server that cannot even begin a process says so without TLS: libpq 18 does not repeat its message.
        Row(
            "sslmode=prefer", [.hear, .say(error)], .protocolViolation,
            "server sent an error response during SSL exchange"),
        Row(
            "sslmode=require", [.hear, .say([72])], .protocolViolation, "received invalid response to SSL negotiation"),
        Row(
            "sslmode=require", [.hear, .say([83]), .hear, .say(Array("HTTP/1.1 400 Bad Request\r\n".utf8))], .tls,
            "SSL error: wrong version number"),
        Row("sslmode=require", [.hear, .say([83]), .hear, .hangUp], .tls, "SSL error: EOF during handshake"),
        Row("sslmode=require sslnegotiation=direct", [.hear, .say(error)], .tls, "SSL error: wrong version number"),
        // Servers that disconnect, at each step.
        Row("sslmode=disable", [.hangUp], .connectFailed, ""),
        Row("sslmode=disable", [.hear, .hangUp], .connectFailed, lost),
        Row("sslmode=require", [.hear, .hangUp], .connectFailed, lost),
        Row("sslmode=disable", [.hear, .say(clear), .hear, .hangUp], .connectFailed, lost),
        Row("sslmode=disable", [.hear, .say(ok), .hangUp], .connectFailed, lost),
        Row("sslmode=disable", [.hear, .say([82, 0, 0]), .hangUp], .connectFailed, lost),
        // Servers that do not require, or do not complete, the authentication that the client demands.
        Row(
            "sslmode=disable require_auth=scram-sha-256", [.hear, .say(FakeServer.greeting())], .authentication,
            "server did not complete authentication"),
        Row(
            "sslmode=disable", [.hear, .say(unproved)], .authentication,
            "without proving that it knows the password"),
        Row(
            "sslmode=disable require_auth=!password", [.hear, .say(clear)], .authentication,
            "server requested a cleartext password"),
        // Servers that speak another protocol.
        Row(
            "sslmode=disable", [.hear, .say(Array("HTTP/1.1 400 Bad Request\r\n".utf8))], .protocolViolation,
            "expected authentication request from server, but received H"),
        Row(
            "sslmode=disable", [.hear, .say([82, 255, 255, 255, 255])], .protocolViolation,
            "received invalid authentication request"),
        Row(
            "sslmode=disable", [.hear, .say(ok + [83, 127, 255, 255, 255])], .protocolViolation,
            "invalid message length"),
        // Servers that refuse the client.
        Row(
            "sslmode=disable", [.hear, .say(error), .hangUp], .connectFailed, "FATAL:  sorry, too many clients already"),
    ]

    @Test(arguments: table)
    func `A hostile server is refused with the right error`(row: Row) async throws {
        let server = try await FakeServer(row.acts)
        let error = await #expect(throws: PostgresError.self) {
            try await connect("host=127.0.0.1 port=\(server.port) user=u password=hunter2 \(row.options)")
        }
        #expect(error?.code == row.code, "\(error?.message ?? "")")
        #expect(error?.message.contains(row.message) == true, "\(error?.message ?? "")")
        let start = #"connection to server at "127.0.0.1", port \#(server.port) failed: "#
        #expect(error?.message.hasPrefix(start) == true)
        #expect(!"\(String(describing: error))".contains("hunter2"))
        try await server.close()
    }

    @Test func `The password is not sent to a server that must not have it`() async throws {
        let server = try await FakeServer([.hear, .say(Self.clear)])
        for rule in ["require_auth=scram-sha-256", "require_auth=!password,!md5", "channel_binding=require"] {
            _ = try await outcome(
                of: "host=127.0.0.1 port=\(server.port) user=u password=hunter2 sslmode=disable \(rule)")
        }
        #expect(server.connections == 3)
        #expect(!server.heard.contains { String(decoding: $0, as: UTF8.self).contains("hunter2") })
        try await server.close()
    }

    @Test(
        arguments: [
            ("sslmode=disable", []), ("sslmode=prefer", []), ("sslmode=require", [.hear, .say([83])]),
            ("sslmode=disable", [.hear, .say(ok)]), ("sslmode=disable", [.hear, .say(clear)]),
            ("sslmode=require sslnegotiation=direct", []),
            ("sslmode=disable target_session_attrs=standby", [.hear, .say(FakeServer.greeting())]),
        ] as [(String, [FakeServer.Act])])
    func `A silent server ends with connect_timeout or with the task`(options: String, acts: [FakeServer.Act])
        async throws
    {
        let server = try await FakeServer(acts)
        let string = "host=127.0.0.1 port=\(server.port) user=u password=p \(options)"
        let clock = ContinuousClock()
        let began = clock.now
        let error = await #expect(throws: PostgresError.self) { try await connect("\(string) connect_timeout=1") }
        #expect(error?.code == .connectFailed)
        #expect(clock.now - began >= .seconds(1))

        let task = Task { try await connect(string) }
        try await until("the second connection is there") { server.connections >= 2 }
        task.cancel()
        let end = await #expect(throws: PostgresError.self) { try await task.value }
        #expect(end?.code == .cancelled)
        try await until("no socket is left") { server.open == 0 }
        try await server.close()
    }
}
