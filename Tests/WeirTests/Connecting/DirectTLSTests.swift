import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import PGWire
import Testing
import Weir

/// `sslnegotiation=direct`, of PostgreSQL 17, and what is sent while TLS is set up; against a test server, because
/// not every PostgreSQL can do it.
@Suite(.onlyDirectly, .limited) struct DirectTLSTests {
    @Test(arguments: [
        ("host=127.0.0.1", nil), ("host=db.example.com hostaddr=127.0.0.1", "db.example.com"),
        ("host=db.example.com hostaddr=127.0.0.1 sslsni=0", nil), ("hostaddr=127.0.0.1", nil),
    ])
    func `Direct TLS comes first, with ALPN, and with SNI if the host is a name`(
        host: String, name: String?
    ) async throws {
        let server = try await TLSServer(applicationProtocols: ["postgresql"])
        let connected = try await connect(
            "\(host) port=\(server.port) user=u sslmode=require sslnegotiation=direct")
        #expect(server.names == [name])
        #expect(connected.parameters["server_version"] == "18.0")
        let key = try #require(connected.cancelKey)
        _ = await connected.sendCancel(key)
        #expect(server.names == [name, name])
        connected.channel.closeAtOnce()
        try await server.close()
    }

    @Test func `Direct TLS without ALPN is refused`() async throws {
        let server = try await TLSServer(applicationProtocols: [])
        let error = await #expect(throws: PostgresError.self) {
            try await connect("host=127.0.0.1 port=\(server.port) user=u sslmode=require sslnegotiation=direct")
        }
        #expect(error?.code == .tls)
        #expect(error?.message.contains("without ALPN protocol negotiation extension") == true)
        try await server.close()
    }

    @Test func `sslcertmode=require fails if the server requests no certificate`() async throws {
        let server = try await TLSServer(applicationProtocols: ["postgresql"])
        let error = await #expect(throws: PostgresError.self) {
            try await connect(
                "host=127.0.0.1 port=\(server.port) user=u sslmode=require sslnegotiation=direct sslcertmode=require")
        }
        #expect(error?.code == .tls)
        #expect(error?.message.contains("server did not request an SSL certificate") == true)
        try await server.close()
    }
}

/// Speaks TLS from the first byte on; answers the first client that sends something, and disconnects the others.
private final class TLSServer: Sendable {
    let port: Int
    /// The names the clients asked for, one a connection.
    var names: [String?] { state.withLockedValue { $0 } }

    private let listener: any Channel
    private let state = NIOLockedValueBox<[String?]>([])

    init(applicationProtocols: [String]) async throws {
        let certificates = try await NetworkServer.tls.certificates
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(certificates.path("server.crt")).map {
                .certificate($0)
            },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: certificates.path("server.key"), format: .pem)))
        configuration.applicationProtocols = applicationProtocols
        let context = try NIOSSLContext(configuration: configuration)
        let state = state
        listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let number = state.withLockedValue { names in
                        names.append(nil)
                        return names.count - 1
                    }
                    try channel.pipeline.syncOperations.addHandlers(
                        ByteToMessageHandler(
                            SNIHandler { result in
                                if case .hostname(let name) = result { state.withLockedValue { $0[number] = name } }
                                return channel.eventLoop.makeSucceededVoidFuture()
                            }),
                        NIOSSLServerHandler(context: context), Greeter(isFirst: number == 0))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = listener.localAddress?.port ?? 0
    }

    func close() async throws { try await listener.close() }
}

private final class Greeter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let isFirst: Bool

    init(isFirst: Bool) { self.isFirst = isFirst }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard isFirst else { return context.close(promise: nil) }
        let greeting = FakeServer.greeting([("server_version", "18.0")])
        context.writeAndFlush(NIOAny(ByteBuffer(bytes: greeting)), promise: nil)
    }
}
