import Logging
import NIOCore
import PGConnInfo
import PGSession
import PGWire
import Synchronization

/// Sends a CancelRequest for an established connection, to the same address and with the same encryption.
struct CancelSender: Sendable {
    let connector: ServerConnector
    let endpoint: Endpoint
    let server: ConnectionString.Server
    let isEncrypted: Bool

    /// The limit for the whole exchange. A server that does not respond within it will not cancel anything either.
    private static let timeLimit = TimeAmount.seconds(5)

    /// Sends the request and waits until the server closes the connection, which confirms that it has processed the
    /// request.
    ///
    /// Continues if the calling task is cancelled, because that is when it is needed.
    ///
    /// - Returns: whether no request is still in transit. A request in transit can cancel the next statement on the
    ///   connection.
    func send(_ key: CancelKey) async -> Bool {
        let loop = connector.group.any()
        // Run on that thread and no other: the shared executor's threads may be busy for a long time.
        return await Task(executorPreference: EventLoopExecutor(loop)) { await perform(key, on: loop) }.value
    }

    private func perform(_ key: CancelKey, on loop: any EventLoop) async -> Bool {
        let isSent = Mutex(false), isConfirmed: Bool
        let scope = ConnectScope()
        let step = ConnectAttempt(
            connector: connector, endpoint: endpoint, server: server,
            request: LogInRequest(connector.options, password: nil), encryption: isEncrypted ? .tls : .plain,
            scope: scope)
        do {
            try await scope.limit(on: loop, until: .now() + Self.timeLimit) {
                let wire = try await Dialer(connector.options).dial(endpoint, on: loop, scope)
                _ = try await step.negotiate(wire)
                var target = WireWriter()
                target.int32(key.processID)
                target.raw(key.secret)
                var writer = WireWriter()
                StartupPacket.cancelRequest(key: target.bytes).encode(into: &writer)
                isSent.withLock { $0 = true }
                wire.send(writer.bytes)
                // The server sends no answer; it only closes the connection.
                while true { _ = try await wire.receive() }
            }
            isConfirmed = true
        } catch is ConnectionClosed {
            isConfirmed = true
        } catch {
            isConfirmed = false
            connector.logger.debug("cancel request failed", metadata: ["server": "\(endpoint.description)"])
        }
        scope.abandon()
        return isConfirmed || !isSent.withLock { $0 }
    }
}
