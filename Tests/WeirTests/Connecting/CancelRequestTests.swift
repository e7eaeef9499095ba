import NIOCore
import PGWire
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
        let answer = server.channel.eventLoop.makePromise(of: [UInt8].self)
        try await server.channel.eventLoop.submit {
            try server.channel.pipeline.syncOperations.addHandler(UntilReady(answer))
        }.get()
        var query = WireWriter()
        query.query("SELECT pg_sleep(60)")
        try await server.channel.writeAndFlush(ByteBuffer(bytes: query.bytes))
        server.channel.read()
        // The server may get the request before it has begun with the query, and drop it: then once more.
        let cancelling = Task {
            while !Task.isCancelled { _ = await Task { await server.sendCancel(key) }.value }
            // Of a cancelled task as well.
            #expect(await server.sendCancel(key))
        }
        let said = String(decoding: try await answer.futureResult.get(), as: UTF8.self)
        #expect(said.contains("57014"))
        cancelling.cancel()
        await cancelling.value
        server.channel.closeAtOnce()
    }
}

/// Collects an answer that ends with ReadyForQuery.
private final class UntilReady: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let promise: EventLoopPromise<[UInt8]>
    private var bytes: [UInt8] = []

    init(_ promise: EventLoopPromise<[UInt8]>) { self.promise = promise }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        bytes += unwrapInboundIn(data).readableBytesView
        if bytes.suffix(6) == [90, 0, 0, 0, 5, 73] { promise.succeed(bytes) } else { context.read() }
    }

    func channelInactive(context: ChannelHandlerContext) { promise.fail(ChannelError.eof) }
}
