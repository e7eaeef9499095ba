import ConnInfoFiles
package import Logging
package import NIOCore
package import PGConnInfo
import PGSession

/// Makes connections: resolves the hosts, opens a socket to one, negotiates TLS and logs in, as libpq 18 does.
///
/// `connect_timeout` applies to each address, including TLS and the log-in, and to the credentials closure. There is no
/// limit unless the options set one.
package struct ServerConnector: Sendable {
    let options: ConnectionOptions
    let group: any EventLoopGroup
    let logger: Logger
    let credentials: (@Sendable () async throws -> Secret)?
    /// The directory of Unix sockets, used if no host is given.
    let socketDirectory: String

    /// Creates a connector.
    ///
    /// - Parameters:
    ///   - options: what to connect to, including passwords.
    ///   - eventLoopGroup: runs the connections.
    ///   - logger: receives the notices that servers send during log-in.
    ///   - credentials: called for a password before each connection, instead of using the options' own.
    ///   - socketDirectory: the directory of Unix sockets, used if no host is given; `nil` for that of
    ///     `ClientEnvironment.process`.
    package init(
        _ options: ConnectionOptions, eventLoopGroup: any EventLoopGroup, logger: Logger,
        credentials: (@Sendable () async throws -> Secret)? = nil, socketDirectory: String? = nil
    ) {
        self.options = options
        group = eventLoopGroup
        self.logger = logger
        self.credentials = credentials
        self.socketDirectory = socketDirectory ?? ClientEnvironment.process.socketDirectory
    }

    /// Connects to the first suitable server.
    ///
    /// Ends at once if the task is cancelled, and leaves no socket open.
    ///
    /// - Throws: ``PostgresError``: `refused` if another attempt cannot succeed, `tls`, `authentication`,
    ///   `protocolViolation`, `configuration`, `cancelled`, and `connectFailed` for everything else. The message lists
    ///   every attempt.
    @concurrent
    package func connect() async throws(PostgresError) -> ConnectedServer {
        var run = ConnectRun(self, password: try await freshPassword())
        return try await run.connect()
    }

    private func freshPassword() async throws(PostgresError) -> Secret? {
        guard let credentials else { return nil }
        let limit = options.connectTimeout
        switch await ClosureOutcome.of(within: limit, credentials) {
        case .returned(let secret): return secret
        case .cancelled: throw PostgresError(.cancelled, "cancelled while connecting")
        case .timedOut:
            throw PostgresError(
                .connectFailed,
                "the credentials closure did not return within \(limit?.inWords ?? "") (connect_timeout)")
        case .threw(let error):
            if Task.isCancelled { throw PostgresError(.cancelled, "cancelled while connecting") }
            var failure = PostgresError(.connectFailed, "the credentials closure failed")
            failure.underlying = error
            throw failure
        }
    }
}
