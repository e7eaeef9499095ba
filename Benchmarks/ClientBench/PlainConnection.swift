import NIOCore
import NIOPosix
import PGWire
import Weir

/// The shortest way in: trust over a Unix socket, so that log-ins and TLS are no part of what is measured.
enum PlainConnection {
    static func open(_ path: String, user: String) async throws -> ConnectedServer {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: false)
            .connect(unixDomainSocketPath: path).get()
        let entered = channel.eventLoop.makePromise(of: LoginHandler.Outcome.self)
        try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.addHandler(
                LoginHandler(user: user, database: "postgres", outcome: entered))
        }.get()
        channel.read()
        let outcome = try await entered.futureResult.get()
        return ConnectedServer(
            channel: channel, leftover: outcome.leftover, parameters: outcome.parameters, cancelKey: outcome.cancelKey,
            address: path, sendCancel: { _ in true })
    }
}

/// Says who we are and waits for ReadyForQuery.
private final class LoginHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    struct Outcome: Sendable {
        var parameters: [String: String] = [:]
        var cancelKey: CancelKey?
        var leftover = ByteBuffer()
    }

    struct Refused: Error {
        let message: String
    }

    private let user: String, database: String
    private let outcome: EventLoopPromise<Outcome>
    private var received = ByteBuffer()
    private var result = Outcome()

    init(user: String, database: String, outcome: EventLoopPromise<Outcome>) {
        (self.user, self.database, self.outcome) = (user, database, outcome)
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
        default: break
        }
        return type == BackendMessage.readyForQuery
    }
}
