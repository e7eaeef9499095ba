import Glibc
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import PGWire

/// A server on 127.0.0.1 that follows the script of a test, whatever it receives.
final class FakeServer: Sendable {
    /// One step of the script for a connection.
    enum Act: Sendable {
        /// Waits until something is received.
        case hear
        case say([UInt8])
        case hangUp
        /// Closes the connection with a TCP reset, as the kernel does when bytes of the client have not been read.
        case reset
    }

    let port: Int
    /// The number of connections accepted so far.
    var connections: Int { state.withLockedValue { $0.count } }
    /// The bytes received on each connection.
    var heard: [[UInt8]] { state.withLockedValue { $0 } }

    /// The number of open connections.
    var open: Int { openCount.withLockedValue { $0 } }

    private let listener: any Channel
    private let openCount = NIOLockedValueBox(0)
    private let state = NIOLockedValueBox<[[UInt8]]>([])

    /// After its script a server stays silent until the client disconnects.
    ///
    /// - Parameter others: what it does with all connections but the first; by default the same.
    init(_ acts: [Act], then others: [Act]? = nil) async throws {
        let (state, openCount) = (state, openCount)
        listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let number = state.withLockedValue { heard in
                        heard.append([])
                        return heard.count - 1
                    }
                    let player = Player(number == 0 ? acts : others ?? acts) { bytes in
                        state.withLockedValue { $0[number] += bytes }
                    }
                    openCount.withLockedValue { $0 += 1 }
                    channel.closeFuture.whenComplete { _ in openCount.withLockedValue { $0 -= 1 } }
                    try channel.pipeline.syncOperations.addHandler(player)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = listener.localAddress?.port ?? 0
    }

    func close() async throws { try await listener.close() }

    /// Bytes of a server that accepts every client.
    static func greeting(_ parameters: [(String, String)] = [], key: [UInt8]? = [0, 0, 0, 7, 1, 2, 3, 4]) -> [UInt8] {
        var writer = WireWriter()
        Authentication.ok.encode(into: &writer)
        for (name, value) in parameters { ParameterStatus(name: name, value: Array(value.utf8)).encode(into: &writer) }
        if let key { writer.backendKeyData(key) }
        writer.readyForQuery(.idle)
        return writer.bytes
    }
}

private final class Player: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private static let reset = linger(l_onoff: 1, l_linger: 0)
    private var acts: ArraySlice<FakeServer.Act>
    private let hear: ([UInt8]) -> Void

    init(_ acts: [FakeServer.Act], hear: @escaping ([UInt8]) -> Void) {
        self.acts = acts[...]
        self.hear = hear
    }

    func channelActive(context: ChannelHandlerContext) { play(context) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        hear(Array(unwrapInboundIn(data).readableBytesView))
        if case .hear? = acts.first {
            acts = acts.dropFirst()
            play(context)
        }
    }

    private func play(_ context: ChannelHandlerContext) {
        while let act = acts.first {
            switch act {
            case .hear: return
            case .say(let bytes):
                context.writeAndFlush(NIOAny(ByteBuffer(bytes: bytes)), promise: nil)
            case .hangUp: context.close(promise: nil)
            case .reset:
                // On the event loop it is set at once.
                _ = (context.channel as? any SocketOptionProvider)?.setSoLinger(Player.reset)
                context.close(promise: nil)
            }
            acts = acts.dropFirst()
        }
    }
}
