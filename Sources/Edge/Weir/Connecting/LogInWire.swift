import NIOCore
import NIOSSL
import NIOTLS

/// A connection during log-in: sends bytes, and receives them on demand.
struct LogInWire: Sendable {
    let channel: any Channel
    private let inbox: NIOLoopBound<LogInInbox>
    private let scope: ConnectScope

    /// Installs the log-in's handlers. Must be called on the channel's event loop.
    init(_ channel: any Channel, scope: ConnectScope) throws {
        self.channel = channel
        self.scope = scope
        let inbox = LogInInbox()
        try channel.pipeline.syncOperations.addHandler(ConnectionBottom(), name: ConnectionBottom.name)
        try channel.pipeline.syncOperations.addHandler(inbox)
        self.inbox = NIOLoopBound(inbox, eventLoop: channel.eventLoop)
    }

    func send(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }

    /// Returns the bytes that have arrived, at least one.
    ///
    /// - Throws: ``ConnectionClosed`` if the server has closed the connection, or the network's or TLS's error.
    func receive() async throws -> [UInt8] {
        let promise = channel.eventLoop.makePromise(of: [UInt8].self)
        channel.eventLoop.execute { inbox.value.deliver(to: promise) }
        return try await scope.value(of: promise.futureResult)
    }

    /// Starts the TLS handshake and waits for its end.
    ///
    /// - Parameter makeHandler: creates the TLS handler. Bytes received before it are an error.
    /// - Returns: the protocol that ALPN has selected, and the server's certificate.
    func startTLS(_ makeHandler: @escaping @Sendable () throws -> NIOSSLClientHandler) async throws -> TLSOutcome {
        let promise = channel.eventLoop.makePromise(of: TLSOutcome.self)
        channel.eventLoop.execute { inbox.value.startTLS(makeHandler, promise) }
        return try await scope.value(of: promise.futureResult)
    }

    /// Ends the log-in: from now on the pipeline belongs to the session.
    ///
    /// - Returns: the bytes that have arrived since the last call of ``receive()``.
    func release() async throws -> [UInt8] {
        let future = channel.eventLoop.submit {
            let bytes = try inbox.value.takeAll()
            channel.pipeline.syncOperations.removeHandler(inbox.value, promise: nil)
            return bytes
        }
        return try await scope.value(of: future)
    }
}

/// The results of a TLS handshake.
struct TLSOutcome: Sendable {
    let applicationProtocol: String?
    let certificate: NIOSSLCertificate?
}

/// The server has closed the connection.
struct ConnectionClosed: Error {}

/// Bytes arrived after the server's consent to TLS and before the handshake: an attacker in between may have injected
/// them.
struct UnencryptedBytes: Error {}

/// Buffers what arrives until the log-in asks for it, and reads from the socket only then.
private final class LogInInbox: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private var arrived: [UInt8] = []
    private var waiting: EventLoopPromise<[UInt8]>?
    private var handshake: EventLoopPromise<TLSOutcome>?
    private var end: (any Error)?
    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        finish(ChannelError.ioOnClosedChannel)
    }

    func deliver(to promise: EventLoopPromise<[UInt8]>) {
        if !arrived.isEmpty {
            promise.succeed(arrived)
            arrived = []
        } else if let end {
            promise.fail(end)
        } else {
            waiting = promise
            context?.read()
        }
    }

    func takeAll() throws -> [UInt8] {
        if let end { throw end }
        return arrived
    }

    func startTLS(_ makeHandler: () throws -> NIOSSLClientHandler, _ promise: EventLoopPromise<TLSOutcome>) {
        do {
            if let end { throw end }
            guard arrived.isEmpty, let context else { throw UnencryptedBytes() }
            handshake = promise
            let bottom = try context.pipeline.syncOperations.handler(type: ConnectionBottom.self)
            try context.pipeline.syncOperations.addHandler(makeHandler(), position: .after(bottom))
            context.read()
        } catch {
            handshake = nil
            promise.fail(error)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        arrived += Self.unwrapInboundIn(data).readableBytesView
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if !arrived.isEmpty, let promise = waiting {
            waiting = nil
            deliver(to: promise)
        }
        context.fireChannelReadComplete()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted(let name)? = event as? TLSUserEvent, let promise = handshake {
            handshake = nil
            promise.succeed(
                TLSOutcome(
                    applicationProtocol: name,
                    certificate: try? context.pipeline.syncOperations.nioSSL_peerCertificate()))
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(ConnectionClosed())
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(error)
        context.channel.closeAtOnce()
    }

    private func finish(_ error: any Error) {
        end = end ?? error
        waiting?.fail(error)
        waiting = nil
        handshake?.fail(error)
        handshake = nil
    }
}
