import ConnInfoFiles
package import Logging
package import NIOCore
package import PGConnInfo
import PGSession

/// Makes connections: finds the servers, opens a socket to one, sets up TLS and logs in, as libpq 18 would.
///
/// `connect_timeout` holds for each address, TLS and the log-in included, and for whoever is asked for a password. There
/// is none unless the options say so.
package struct ServerConnector: Sendable {
    let options: ConnectionOptions
    let group: any EventLoopGroup
    let logger: Logger
    let credentials: (@Sendable () async throws -> Secret)?
    /// Where Unix sockets are, if no host is named.
    let socketDirectory: String

    /// - Parameters:
    ///   - options: what to connect to, passwords included.
    ///   - eventLoopGroup: who does the work of the connections.
    ///   - logger: for what servers remark during the log-in.
    ///   - credentials: asked for a password before each connection, instead of the options' own.
    ///   - socketDirectory: where Unix sockets are, if no host is named; `nil` for what
    ///     `ClientEnvironment.process` says.
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

    /// A connection to the first server that will do.
    ///
    /// Ends at once if the task is cancelled, and leaves no socket.
    ///
    /// - Throws: ``PostgresError``: `refused` if trying again is of no use, `tls`, `authentication`, `protocolViolation`,
    ///   `configuration`, `cancelled`, and `connectFailed` for everything else. The message tells of every attempt.
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
        case .outOfTime:
            throw PostgresError(
                .connectFailed,
                "the credentials to connect with could not be had within \(limit?.inWords ?? "") (connect_timeout)")
        case .threw(let error):
            if Task.isCancelled { throw PostgresError(.cancelled, "cancelled while connecting") }
            var failure = PostgresError(.connectFailed, "the credentials to connect with could not be had")
            failure.underlying = error
            throw failure
        }
    }
}
