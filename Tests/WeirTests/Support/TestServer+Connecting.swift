import NIOCore
import PGWire
import Weir

extension TestServer {
    /// Logs in, as programs do.
    ///
    /// Through a pooler the process is the server's nevertheless, so that tests find it in `pg_stat_activity`.
    func connect(user: String = "postgres", database: String = "postgres") async throws -> ConnectedServer {
        let server = try await WeirTests.connect(
            "host=\(socketFolder) port=\(port) user=\(user) dbname=\(database) connect_timeout=300")
        guard isPooler, let key = server.cancelKey else { return server }
        let rows = try await server.channel.ask("SELECT 'process=' || pg_backend_pid()")
        let process = String(decoding: rows, as: UTF8.self).split(separator: "process=").last.flatMap {
            Int32($0.prefix(while: \.isNumber))
        }
        return ConnectedServer(
            channel: server.channel, leftover: server.leftover, parameters: server.parameters,
            cancelKey: CancelKey(processID: process ?? key.processID, secret: key.secret), address: server.address,
            sendCancel: { _ in await server.sendCancel(key) })
    }
}

extension Channel {
    /// Sends a query over a connection that no session has taken over yet.
    ///
    /// - Returns: all bytes of the answer.
    func ask(_ sql: String) async throws -> [UInt8] {
        let answer = eventLoop.makePromise(of: [UInt8].self)
        var query = WireWriter()
        query.query(sql)
        try await eventLoop.submit {
            try self.pipeline.syncOperations.addHandler(AnswerCollector(answer))
        }.get()
        try await writeAndFlush(ByteBuffer(bytes: query.bytes))
        read()
        return try await answer.futureResult.get()
    }
}

/// Collects an answer that ends with ReadyForQuery.
private final class AnswerCollector: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    private let promise: EventLoopPromise<[UInt8]>
    private var bytes: [UInt8] = []

    init(_ promise: EventLoopPromise<[UInt8]>) { self.promise = promise }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        bytes += unwrapInboundIn(data).readableBytesView
        guard bytes.suffix(6) == [90, 0, 0, 0, 5, 73] else { return context.read() }
        promise.succeed(bytes)
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { promise.fail(ChannelError.eof) }
}
