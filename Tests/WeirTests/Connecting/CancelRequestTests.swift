import NIOCore
import PGWire
import Synchronization
import Testing
import Weir

@Suite(.onlyDirectly, .timeLimit(.minutes(1))) struct CancelRequestTests {
    @Test func `The request goes to the same address, and the server's end of it is waited for`() async throws {
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
    func `A real server cancels, over TLS as well, even for a task that is cancelled`(options: String) async throws {
        let tls = try await NetworkServer.tls
        let server = try await connect(
            "host=127.0.0.1 port=\(tls.port) user=trusting dbname=postgres "
                + options.replacing("SOCKET", with: tls.socketFolder))
        let key = try #require(server.cancelKey)
        let answer = Task { try await server.channel.ask("SELECT pg_sleep(60)") }
        // The server may get the request before it has begun with the query, and drop it: then once more.
        let isOver = Flag()
        let cancelling = Task {
            while !isOver.isUp { #expect(await server.sendCancel(key)) }
        }
        cancelling.cancel()
        let said = String(decoding: try await answer.value, as: UTF8.self)
        #expect(said.contains("57014"))
        isOver.raise()
        await cancelling.value
        server.channel.closeAtOnce()
    }
}

/// Shared between tasks.
private final class Flag: Sendable {
    private let state = Mutex(false)
    var isUp: Bool { state.withLock { $0 } }
    func raise() { state.withLock { $0 = true } }
}
