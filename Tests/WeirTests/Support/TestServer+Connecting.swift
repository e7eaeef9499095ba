import NIOCore
import NIOPosix
import PGWire
import Weir

// The shortest way in: trust over the Unix socket, no TLS. What the connector does is not tested with it.
extension TestServer {
    /// Logs in.
    func connect(user: String = "postgres", database: String = "postgres") async throws -> ConnectedServer {
        let path = socketPath, asksForProcess = isPooler
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: false)
            .connect(unixDomainSocketPath: path).get()
        let entered = channel.eventLoop.makePromise(of: LoginHandler.Outcome.self)
        try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.addHandler(
                LoginHandler(user: user, database: database, asksForProcess: asksForProcess, outcome: entered))
        }.get()
        channel.read()
        let outcome = try await entered.futureResult.get()
        let key = outcome.cancelKey
        return ConnectedServer(
            channel: channel, leftover: outcome.leftover, parameters: outcome.parameters,
            cancelKey: key.map { CancelKey(processID: outcome.process ?? $0.processID, secret: $0.secret) },
            address: path,
            sendCancel: { _ in
                if let key { await Self.cancel(key, at: path) }
                return true
            })
    }

    private static func cancel(_ key: CancelKey, at path: String) async {
        guard
            let channel = try? await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(unixDomainSocketPath: path).get()
        else { return }
        var writer = WireWriter()
        var word = WireWriter()
        word.int32(key.processID)
        StartupPacket.cancelRequest(key: word.bytes + key.secret).encode(into: &writer)
        channel.writeAndFlush(ByteBuffer(bytes: writer.bytes), promise: nil)
        try? await channel.closeFuture.get()
    }
}

/// Says who we are and waits for ReadyForQuery.
private final class LoginHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    struct Outcome: Sendable {
        var parameters: [String: String] = [:]
        var cancelKey: CancelKey?
        /// The server's process, where somebody in between has made up the cancel key.
        var process: Int32?
        var leftover = ByteBuffer()
    }

    struct Refused: Error {
        let message: String
    }

    private let user: String, database: String
    private var asksForProcess: Bool
    private let outcome: EventLoopPromise<Outcome>
    private var received = ByteBuffer()
    private var result = Outcome()

    init(user: String, database: String, asksForProcess: Bool, outcome: EventLoopPromise<Outcome>) {
        (self.user, self.database, self.asksForProcess, self.outcome) = (user, database, asksForProcess, outcome)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        var writer = WireWriter()
        let parameters = [
            StartupParameter(name: "user", value: user), StartupParameter(name: "database", value: database),
            StartupParameter(name: "client_encoding", value: "UTF8"),
        ]
        StartupPacket.startup(.v3_0, parameters: parameters).encode(into: &writer)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: writer.bytes)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        received.writeBuffer(&buffer)
        while let type = received.getInteger(at: received.readerIndex, as: UInt8.self),
            let length = received.getInteger(at: received.readerIndex + 1, as: Int32.self),
            received.readableBytes > Int(length)
        {
            received.moveReaderIndex(forwardBy: 5)
            guard let body = received.readBytes(length: Int(length) - 4) else { return }
            if handle(MessageType(rawValue: type), body) {
                if asksForProcess {
                    asksForProcess = false
                    let query = "SELECT pg_backend_pid()\0"
                    var buffer = ByteBuffer(string: "Q")
                    buffer.writeInteger(Int32(4 + query.utf8.count))
                    buffer.writeString(query)
                    context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
                    continue
                }
                result.leftover = received
                context.pipeline.syncOperations.removeHandler(self, promise: nil)
                outcome.succeed(result)
                return
            }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) { context.read() }

    func channelInactive(context: ChannelHandlerContext) { outcome.fail(Refused(message: "closed")) }

    /// - Returns: whether we are in.
    private func handle(_ type: MessageType, _ body: [UInt8]) -> Bool {
        switch type {
        case BackendMessage.errorResponse:
            outcome.fail(Refused(message: (try? ErrorFields(body: body).message) ?? ""))
        case BackendMessage.parameterStatus:
            if let status = try? ParameterStatus(body: body) {
                result.parameters[status.name] = String(decoding: status.value, as: UTF8.self)
            }
        case BackendMessage.backendKeyData:
            var reader = WireReader(body)
            if let process = try? reader.int32() {
                result.cancelKey = CancelKey(processID: process, secret: reader.rest())
            }
        case BackendMessage.dataRow:
            // One column: its count, the value's length, the value.
            result.process = Int32(String(decoding: body.dropFirst(6), as: UTF8.self))
        default: break
        }
        return type == BackendMessage.readyForQuery
    }
}
