import PGSession
import Synchronization

/// The right to use one connection, from acquisition to release.
///
/// Everything that uses a leased connection (the connection itself, its transactions, streams and COPYs) checks the
/// lease first. After ``end()`` every call is refused, so that a value that was kept by mistake never reaches a
/// connection that another caller has.
package final class PostgresLease: Sendable {
    package let session: PostgresSession
    /// The location of the caller that acquired the connection.
    package let origin: SourceLocation
    /// `command_timeout`: the time limit of statements without their own; `nil` for no limit.
    package let commandTimeout: Duration?
    /// Creates spans for operations; `nil` for none.
    let tracing: DatabaseTracing?
    private let observer: @Sendable (PostgresError) -> Void
    private let state = Mutex(State())

    private struct State {
        var isEnded = false
        /// The number of calls in progress.
        var activeCalls = 0
        /// The exclusive user of the connection: a stream of rows or a COPY.
        var exclusiveUser: String?
        /// The number of open transactions and savepoints.
        var transactionDepth = 0
        var savepoints = 0
        /// Whether the transaction was started as read-only.
        var isReadOnly = false
        /// The handlers of notices; only the last one is called.
        var noticeHandlers: [(number: Int, handler: @Sendable (ServerError) -> Void)] = []
        var lastNumber = 0
    }

    package init(
        _ session: PostgresSession, origin: SourceLocation, commandTimeout: Duration? = nil,
        tracing: DatabaseTracing? = nil, observe: @escaping @Sendable (PostgresError) -> Void = { _ in }
    ) {
        self.session = session
        self.origin = origin
        self.commandTimeout = commandTimeout
        self.tracing = tracing
        observer = observe
    }

    /// Ends the lease: every later call is refused.
    ///
    /// - Returns: whether the connection can be leased again after a clean-up. It cannot if a task that outlived the
    ///   closure is still in a call.
    package func end() -> Bool {
        state.withLock { state in
            state.isEnded = true
            if !state.noticeHandlers.isEmpty {
                state.noticeHandlers = []
                session.onNotice = nil
            }
            return state.activeCalls == 0
        }
    }

    /// Begins a call, unless the lease has ended or another call has exclusive use.
    func beginCall(asExclusiveUser: Bool = false) throws(PostgresError) {
        let refusal = state.withLock { state -> PostgresError? in
            if state.isEnded {
                return PostgresError(
                    .connectionReturned, "the connection was used after its closure (at \(origin)) had ended")
            }
            if let exclusiveUser = state.exclusiveUser, !asExclusiveUser {
                return PostgresError(
                    .misuse, "\(exclusiveUser) is open on this connection: end it first, or use another connection")
            }
            state.activeCalls += 1
            return nil
        }
        if let refusal { throw refusal }
    }

    /// Ends a call that ``beginCall(asExclusiveUser:)`` began.
    func endCall() {
        state.withLock { $0.activeCalls -= 1 }
    }

    /// Begins exclusive use, until ``endExclusiveUse()``. Must be called between ``beginCall(asExclusiveUser:)`` and
    /// ``endCall()``.
    func beginExclusiveUse(_ exclusiveUser: String) throws(PostgresError) {
        let other = state.withLock { state -> String? in
            defer { state.exclusiveUser = state.exclusiveUser ?? exclusiveUser }
            return state.exclusiveUser
        }
        if let other { throw PostgresError(.misuse, "\(other) is open on this connection: end it first") }
    }

    func endExclusiveUse() {
        state.withLock { $0.exclusiveUser = nil }
    }

    /// Reports an error to the pool. In a transaction that was started as read-only, 25006 says nothing about the
    /// server.
    func observe(_ error: PostgresError) {
        if error.sqlState == .readOnlySQLTransaction, state.withLock({ $0.isReadOnly }) { return }
        observer(error)
    }

    /// Runs an operation in a span, if tracing is enabled.
    func inSpan<Value>(
        _ operation: String?, query: String? = nil, _ body: (PostgresSession) async throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value {
        guard let tracing, tracing.isEnabled, operation != nil || query != nil else { return try await body(session) }
        return try await tracing.withSpan(operation, query: query, address: session.address) {
            () throws(PostgresError) in try await body(session)
        }
    }

    /// The number of open transactions and savepoints.
    var transactionDepth: Int { state.withLock { $0.transactionDepth } }

    /// Records that another one is open, if `depth` is the current number.
    func beginTransaction(inside depth: Int, isReadOnly: Bool) -> Bool {
        state.withLock { state in
            guard state.transactionDepth == depth else { return false }
            state.transactionDepth += 1
            if isReadOnly { state.isReadOnly = true }
            return true
        }
    }

    func endTransaction() {
        state.withLock { state in
            state.transactionDepth -= 1
            if state.transactionDepth == 0 { state.isReadOnly = false }
        }
    }

    /// Returns a name for a savepoint that this lease has not used yet.
    func savepointName() -> String {
        state.withLock { state in
            state.savepoints += 1
            return "weir_\(state.savepoints)"
        }
    }

    /// Calls `handler` with the server's notices, until it is removed or the lease ends.
    ///
    /// - Returns: the number to remove it with.
    func addNoticeHandler(_ handler: @escaping @Sendable (ServerError) -> Void) -> Int {
        state.withLock { state in
            state.lastNumber += 1
            guard !state.isEnded else { return state.lastNumber }
            state.noticeHandlers.append((state.lastNumber, handler))
            session.onNotice = handler
            return state.lastNumber
        }
    }

    func removeNoticeHandler(_ number: Int) {
        state.withLock { state in
            guard !state.isEnded, !state.noticeHandlers.isEmpty else { return }
            state.noticeHandlers.removeAll { $0.number == number }
            session.onNotice = state.noticeHandlers.last?.handler
        }
    }
}
