import NIOCore
package import PGSession
import PGTypes
package import PGWire

/// One connection that has logged in; the pool leases it, and the public types use it.
///
/// Calls are answered in the order they were made, and each waits for those before it. All of them:
/// - throw ``PostgresError``; `origin` is filled in by the public layer, `query` here;
/// - honour the cancellation of the calling task and `timeout`: a CancelRequest is sent, the answer is read to its end,
///   and then `cancelled` or `commandTimeout` is thrown; if the server does not answer within 10 s, the connection is
///   closed;
/// - leave the connection at ReadyForQuery or closed, never in between.
package final class PostgresSession: Sendable {
    package struct Configuration: Sendable {
        /// The number of prepared statements kept per connection; 0 for none (for use with a transaction pooler).
        /// Default 256.
        package var statementCacheSize = 256
        /// Bytes of rows or COPY data received ahead of the reader before reading is paused. Default 256 KiB.
        package var readAhead = 256 * 1024
        /// The types that the database defines; connections to one database should share it.
        package var catalog = SharedTypeCatalog()

        package init() {}
    }

    /// For errors and metrics: `db1.example:5432`, `/run/postgresql/.s.PGSQL.5432`.
    package let address: String
    /// The process ID of the server's backend; `nil` if a pooler did not send one.
    package let processID: Int32?

    /// Runs tasks on the thread that serves the connection.
    package let executor: any TaskExecutor

    let configuration: Configuration
    let state: SessionState
    private let channel: any Channel
    private let handler: NIOLoopBound<SessionHandler>

    /// Creates a session that takes over a connection.
    package init(_ connected: ConnectedServer, configuration: Configuration = .init()) async {
        let state = SessionState(parameters: connected.parameters), eventLoop = connected.channel.eventLoop
        (self.state, self.configuration, channel) = (state, configuration, connected.channel)
        address = connected.address
        executor = EventLoopExecutor(eventLoop)
        processID = connected.cancelKey?.processID
        handler = await withCheckedContinuation { continuation in
            eventLoop.execute {
                let handler = SessionHandler(connected, configuration: configuration, state: state)
                handler.install(on: connected.channel)
                continuation.resume(returning: NIOLoopBound(handler, eventLoop: eventLoop))
            }
        }
    }

    deinit { terminate() }

    /// Whether calls can succeed. If the server vanished without closing the connection, only the next call notices.
    package var isOpen: Bool { state.isOpen }

    /// The status in the last ReadyForQuery; `nil` while a call is in progress, and when closed.
    package var status: TransactionStatus? { state.status }

    /// The settings that the server last reported: `server_version`, `TimeZone`, …
    package var parameters: [String: String] { state.parameters }

    /// The error that ended the session; `nil` while it is open, and if the client closed it.
    package var closingError: PostgresError? { state.lastError }

    // MARK: Unsolicited messages. The closures run on the event loop and must not block.

    package var onNotification: (@Sendable (NotificationResponse) -> Void)? {
        get { state.observed(\.onNotification) }
        set { state.observe { $0.onNotification = newValue } }
    }

    package var onNotice: (@Sendable (ServerError) -> Void)? {
        get { state.observed(\.onNotice) }
        set { state.observe { $0.onNotice = newValue } }
    }

    /// Called with a parameter's name and value.
    package var onParameterChange: (@Sendable (String, String) -> Void)? {
        get { state.observed(\.onParameterChange) }
        set { state.observe { $0.onParameterChange = newValue } }
    }

    /// Called once, immediately if the session is closed already; the error is `nil` if the client closed it.
    package var onClose: (@Sendable (PostgresError?) -> Void)? {
        get { state.observed(\.onClose) }
        set { state.setOnClose(newValue) }
    }

    // MARK: Ending

    /// Sends Terminate and returns when the connection is closed. Calls in progress fail.
    package func close() async {
        terminate()
        try? await channel.closeFuture.get()
    }

    /// Closes the connection at once and cancels the active statement on the server.
    package func abort() { perform { $0.abort() } }

    private func terminate() {
        guard state.isOpen else { return }
        perform { $0.terminate() }
    }

    // MARK: For the calls

    /// Runs a closure on the event loop.
    func perform(_ body: @escaping @Sendable (SessionHandler) -> Void) {
        if handler.eventLoop.inEventLoop { return body(handler.value) }
        let handler = handler
        handler.eventLoop.execute { body(handler.value) }
    }

    func newPortalName() -> String { state.newPortalName() }

    /// Stops a call whose answer is no longer needed.
    func abandon(_ token: CallToken) {
        perform { $0.stop(token) { PostgresError(.cancelled, "the rest was not read").about($0) } }
    }

    /// Runs `body`; if the task is cancelled, the call is stopped.
    func stoppingOnCancel<R>(
        _ token: CallToken, isolation: isolated (any Actor)? = #isolation,
        _ body: () async throws(PostgresError) -> R
    ) async throws(PostgresError) -> R {
        let result: Result<R, PostgresError> = await withTaskCancellationHandler {
            // Capturing it keeps the closure on the caller's actor; otherwise each call would hop to the global
            // executor.
            _ = isolation
            do throws(PostgresError) { return .success(try await body()) } catch { return .failure(error) }
        } onCancel: {
            token.cancel()
            perform { $0.stop(token) { .cancelled($0) } }
        }
        return try result.get()
    }

    /// Submits an exchange and waits for its first answer.
    func call<R: Sendable>(
        _ timeout: Duration?, _ token: CallToken = CallToken(), isolation: isolated (any Actor)? = #isolation,
        _ make:
            @escaping @Sendable (
                CallToken, TimeAmount?, CheckedContinuation<Result<R, PostgresError>, Never>
            ) -> Exchange
    ) async throws(PostgresError) -> R {
        let timeout = timeout.map(TimeAmount.init)
        let result: Result<R, PostgresError> = await withTaskCancellationHandler {
            await withCheckedContinuation(isolation: isolation) { continuation in
                perform { $0.submit(make(token, timeout, continuation)) }
            }
        } onCancel: {
            token.cancel()
            perform { $0.stop(token) { .cancelled($0) } }
        }
        return try result.get()
    }

    /// Returns the next piece of a stream.
    func next<Piece, End>(_ token: CallToken, _ inbox: Inbox<Piece, End>) async throws(PostgresError) -> Piece? {
        try await stoppingOnCancel(token) { () throws(PostgresError) in
            try await inbox.next { perform { $0.resumeReading() } }
        }
    }
}
