import Logging
import NIOCore
import PGConnInfo
import PGSession
import PGWire
import Synchronization

/// Asks a server to cancel what a connection of ours does, over a connection that is like it.
struct CancelSender: Sendable {
    let connector: ServerConnector
    let endpoint: Endpoint
    let server: ConnectionString.Server
    let isEncrypted: Bool

    /// How long it may take. A server that cannot answer by then will not cancel anything, either.
    private static let timeLimit = TimeAmount.seconds(5)

    /// Sends the request and waits until the server hangs up, which says that it has taken note.
    ///
    /// Goes on if the calling task is cancelled: that is when it is needed.
    ///
    /// - Returns: Whether nothing of it is on its way any more. If it may be, it can hit whatever the server does next for
    ///   the connection that is meant.
    func send(_ key: CancelKey) async -> Bool {
        let loop = connector.group.any()
        // On that thread and no other: those that all tasks share may be busy for a long time.
        return await Task(executorPreference: EventLoopExecutor(loop)) { await perform(key, on: loop) }.value
    }

    private func perform(_ key: CancelKey, on loop: any EventLoop) async -> Bool {
        let isSent = Mutex(false), hasTakenNote: Bool
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
                // Nothing is ever said; the end is what we wait for.
                while true { _ = try await wire.receive() }
            }
            hasTakenNote = true
        } catch is Hangup {
            hasTakenNote = true
        } catch {
            hasTakenNote = false
            connector.logger.debug("cancel request failed", metadata: ["server": "\(endpoint.description)"])
        }
        scope.abandon()
        return hasTakenNote || !isSent.withLock { $0 }
    }
}
