import Glibc
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import PGConnInfo

/// Opens sockets and sets their options.
struct Dialer: Sendable {
    let keepalives: ConnectionOptions.Keepalives
    let tcpUserTimeout: Duration?
    /// The name of the user that must own the server at a Unix socket; `nil` for any user.
    let requirePeer: String?

    init(_ options: ConnectionOptions) {
        keepalives = options.keepalives
        tcpUserTimeout = options.tcpUserTimeout
        requirePeer = options.requirePeer
    }

    /// Opens a connection. The socket belongs to the scope from the moment it is created.
    ///
    /// - Throws: the system's error, ``UnixSocket/Failure`` or ``ConnectScope/Reason``.
    func dial(_ endpoint: Endpoint, on loop: any EventLoop, _ scope: ConnectScope) async throws -> LogInWire {
        let slot = NIOLockedValueBox<LogInWire?>(nil)
        let bootstrap = ClientBootstrap(group: loop)
            .channelOption(.autoRead, value: false)
            .connectTimeout(.hours(24 * 365))  // the scope sets the limit
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    scope.own(channel)
                    let wire = try LogInWire(channel, scope: scope)
                    slot.withLockedValue { $0 = wire }
                }
            }
        switch endpoint.place {
        case .tcp(let address):
            _ = try await scope.value(of: withSocketOptions(bootstrap).connect(to: address))
        case .unix(let path):
            let socket = try await UnixSocket.connect(to: path, scope)
            do {
                if let requirePeer { try socket.check(owner: requirePeer) }
                if let reason = scope.reason { throw reason }
            } catch {
                socket.close()
                throw error
            }
            _ = try await scope.value(of: bootstrap.withConnectedSocket(socket.descriptor))
        }
        guard let wire = slot.withLockedValue({ $0 }) else { throw ChannelError.ioOnClosedChannel }
        return wire
    }

    private func withSocketOptions(_ bootstrap: ClientBootstrap) -> ClientBootstrap {
        func tcp(_ name: CInt, _ value: Int64) -> (
            ChannelOptions.Types.SocketOption, ChannelOptions.Types.SocketOption.Value
        ) {
            (.init(level: .tcp, name: .init(rawValue: name)), Int(CInt(clamping: value)))
        }
        var options: [(ChannelOptions.Types.SocketOption, ChannelOptions.Types.SocketOption.Value)] = [
            tcp(TCP_NODELAY, 1)
        ]
        if keepalives.isOn {
            options.append((.init(level: .socket, name: .so_keepalive), 1))
            if let idle = keepalives.idle { options.append(tcp(TCP_KEEPIDLE, idle.components.seconds)) }
            if let interval = keepalives.interval { options.append(tcp(TCP_KEEPINTVL, interval.components.seconds)) }
            if let count = keepalives.count { options.append(tcp(TCP_KEEPCNT, Int64(count))) }
        }
        if let tcpUserTimeout {
            let (seconds, attoseconds) = tcpUserTimeout.components
            let milliseconds = seconds.multipliedReportingOverflow(by: 1000)
            let whole = milliseconds.overflow ? Int64.max : milliseconds.partialValue
            options.append(
                tcp(TCP_USER_TIMEOUT, whole.addingReportingOverflow(attoseconds / 1_000_000_000_000_000).partialValue))
        }
        return options.reduce(bootstrap) { $0.channelOption($1.0, value: $1.1) }
    }
}
