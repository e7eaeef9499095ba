import NIOCore
import PGWire
import Testing
import Weir

@Suite(.onlyDirectly, .limited) struct CancelRequestTests {
    @Test func `A CancelRequest goes to the same address and waits for the server to close`() async throws {
        let fake = try await FakeServer([.hear, .say(FakeServer.greeting())], then: [.hear, .hangUp])
        let server = try await connect("host=127.0.0.1 port=\(fake.port) user=u sslmode=disable")
        let key = try #require(server.cancelKey)
        #expect(await server.sendCancel(CancelKey(processID: key.processID, secret: [9, 8, 7, 6, 5])))
        var expected = WireWriter()
        StartupPacket.cancelRequest(key: [0, 0, 0, 7, 9, 8, 7, 6, 5]).encode(into: &expected)
        #expect(fake.heard.count == 2)
        #expect(fake.heard.last == expected.bytes)
        server.channel.closeAtOnce()
        try await fake.close()
    }

    @Test(arguments: ["sslmode=disable", "sslmode=require", "host=SOCKET user=postgres"])
    func `A server cancels the statement, also over TLS and for a cancelled task`(options: String) async throws {
        let tls = try await NetworkServer.tls
        let string =
            "host=127.0.0.1 port=\(tls.port) user=trusting dbname=postgres connect_timeout=120 "
            + options.replacing("SOCKET", with: tls.socketFolder)
        let server = try await connect(string)
        let key = try #require(server.cancelKey)
        let answer = Task { try await server.channel.ask("SELECT pg_sleep(600)") }
        // A request that arrives before the statement has begun has no effect.
        let observer = try await connect(string)
        let state = "SELECT 'state=' || state FROM pg_stat_activity WHERE pid = \(key.processID)"
        try await until("the statement runs") {
            String(decoding: try await observer.channel.ask(state), as: UTF8.self).contains("state=active")
        }
        let cancelling = Task {
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            return await server.sendCancel(key)
        }
        #expect(await cancelling.value)
        let said = String(decoding: try await answer.value, as: UTF8.self)
        #expect(said.contains("57014"))
        // The connection remains usable.
        let after = String(decoding: try await server.channel.ask("SELECT 'after'"), as: UTF8.self)
        #expect(after.contains("after") && !after.contains("57014"))
        observer.channel.closeAtOnce()
        server.channel.closeAtOnce()
    }
}
