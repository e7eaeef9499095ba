import Logging
import NIOCore
import NIOSSL
import PGAuth
import PGConnInfo
import PGSession

/// One attempt to connect: opens a socket to one address, negotiates TLS if required, and logs in.
struct ConnectAttempt {
    let connector: ServerConnector
    let endpoint: Endpoint
    let server: ConnectionString.Server
    let request: LogInRequest
    let encryption: ConnectPlan.Encryption
    let scope: ConnectScope

    /// The progress of an attempt, which determines the kind of error.
    enum Phase {
        case dialing, negotiating, loggingIn(isEncrypted: Bool)
    }

    /// Performs the attempt.
    ///
    /// - Throws: ``ConnectFailure``, after closing the socket.
    func perform(on loop: any EventLoop) async throws(ConnectFailure) -> LoggedIn {
        var phase = Phase.dialing
        do {
            return try await run(on: loop, &phase)
        } catch {
            scope.abandon()
            throw failure(error, phase)
        }
    }

    private func run(on loop: any EventLoop, _ phase: inout Phase) async throws -> LoggedIn {
        let wire = try await Dialer(connector.options).dial(endpoint, on: loop, scope)
        phase = .negotiating
        let transport = try await negotiate(wire)
        phase = .loggingIn(isEncrypted: transport != .plain)
        var random = SystemRandomNumberGenerator()
        var exchange = LogInExchange(request, on: transport, nonce: ScramNonce(using: &random))
        wire.send(exchange.startup)
        while !exchange.isReady { wire.send(try exchange.receive(try await wire.receive())) }
        for notice in exchange.notices {
            connector.logger.info(
                "\(notice.severity): \(notice.message)", metadata: ["server": "\(endpoint.description)"])
        }
        return LoggedIn(
            wire: wire, exchange: exchange, isEncrypted: transport != .plain, scope: scope, leftover: exchange.leftover)
    }

    private func failure(_ error: any Error, _ phase: Phase) -> ConnectFailure {
        var failure = Self.evaluate(scope.reason ?? error, phase)
        failure.message = "\(endpoint.failureMessage): \(failure.message)"
        if case .loggingIn(true) = phase { failure.isEncrypted = true }
        return failure
    }

    private static func evaluate(_ error: any Error, _ phase: Phase) -> ConnectFailure {
        switch error {
        case let failure as ConnectFailure: failure
        case ConnectScope.Reason.timedOut: ConnectFailure(.timedOut, "timeout expired")
        case is ConnectScope.Reason: ConnectFailure(.lost, "cancelled")
        case LogInError.server(let server): ConnectFailure(.server(server), "\(LogInError.server(server))")
        case LogInError.authentication(let reason): ConnectFailure(.authentication, reason)
        case LogInError.protocolViolation(let reason): ConnectFailure(.protocolViolation, reason)
        case is UnencryptedBytes:
            ConnectFailure(.protocolViolation, "received unencrypted data after SSL response")
        case UnixSocket.Failure.tooLong, UnixSocket.Failure.wrongPeer:
            ConnectFailure(.configuration, "\(error)")
        case NIOSSLError.uncleanShutdown: ConnectFailure(.lost, "SSL connection has been closed unexpectedly")
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            ConnectFailure(.tls, "SSL error: \(TLSReason.text(error))")
        default: ConnectFailure(network: error, phase)
        }
    }
}

extension ConnectFailure {
    fileprivate init(network error: any Error, _ phase: ConnectAttempt.Phase) {
        let message =
            switch error {
            case let error as IOError: String(cSystemError: error.errnoCode)
            case let failure as UnixSocket.Failure: "\(failure)"
            case is ConnectionClosed, is ChannelError: "server closed the connection unexpectedly"
            default: "\(type(of: error))"
            }
        if case .dialing = phase { self.init(.unreachable, message) } else { self.init(.lost, message) }
    }
}
