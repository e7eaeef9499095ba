import PGSession
import Synchronization

/// One borrower's right to one connection, from the moment it is lent until it is given back.
///
/// Everything that speaks through a borrowed connection (the connection itself, its transactions, streams and COPYs) asks
/// here first. After ``end()`` nothing passes any more, so that what was kept by mistake never reaches a connection that
/// meanwhile serves somebody else.
package final class PostgresLease: Sendable {
    package let session: PostgresSession
    /// Who took the connection.
    package let origin: SourceLocation
    /// `command_timeout`: for statements that are given none of their own; `nil` for ever.
    package let commandTimeout: Duration?
    /// Spans for what is done; `nil` for none.
    let tracing: DatabaseTracing?
    private let observer: @Sendable (PostgresError) -> Void
    private let state = Mutex(State())

    private struct State {
        var isEnded = false
        /// Calls that are with the session now.
        var underWay = 0
        /// What keeps everything else from using the connection: a stream of rows or a COPY.
        var occupant: String?
        /// Open transaction and savepoints.
        var transactionDepth = 0
        var savepoints = 0
        /// The transaction was asked to be read-only.
        var isReadOnly = false
        /// Those who want to be told what the server remarks, the last of them the one that is.
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

    /// Nothing passes from now on.
    ///
    /// - Returns: Whether the connection may serve others, once it is settled. It may not if some task that outlived
    ///   the borrower's closure is in the middle of a call.
    package func end() -> Bool {
        state.withLock { state in
            state.isEnded = true
            if !state.noticeHandlers.isEmpty {
                state.noticeHandlers = []
                session.onNotice = nil
            }
            return state.underWay == 0
        }
    }

    /// Lets a call in, unless the connection was given back or is occupied.
    func enter(asOccupant: Bool = false) throws(PostgresError) {
        let refusal = state.withLock { state -> PostgresError? in
            if state.isEnded {
                return PostgresError(
                    .connectionReturned, "the connection was used after the closure that it was lent to (at \(origin))")
            }
            if let occupant = state.occupant, !asOccupant {
                return PostgresError(
                    .misuse, "\(occupant) is open on this connection: end it first, or use another connection")
            }
            state.underWay += 1
            return nil
        }
        if let refusal { throw refusal }
    }

    /// Ends what ``enter(asOccupant:)`` began.
    func leave() {
        state.withLock { $0.underWay -= 1 }
    }

    /// Keeps others away until ``vacate()``. To be called between ``enter(asOccupant:)`` and ``leave()``.
    func occupy(_ occupant: String) throws(PostgresError) {
        let other = state.withLock { state -> String? in
            defer { state.occupant = state.occupant ?? occupant }
            return state.occupant
        }
        if let other { throw PostgresError(.misuse, "\(other) is open on this connection: end it first") }
    }

    func vacate() {
        state.withLock { $0.occupant = nil }
    }

    /// To be told of every error. In a transaction that is read-only because it was asked to be, 25006 says nothing about
    /// the server.
    func observe(_ error: PostgresError) {
        if error.sqlState == .readOnlySQLTransaction, state.withLock({ $0.isReadOnly }) { return }
        observer(error)
    }

    /// Does something in a span of its own, if spans go anywhere.
    func inSpan<Value>(
        _ operation: String?, query: String? = nil, _ body: (PostgresSession) async throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value {
        guard let tracing, tracing.isOn, operation != nil || query != nil else { return try await body(session) }
        return try await tracing.withSpan(operation, query: query, address: session.address) {
            () throws(PostgresError) in try await body(session)
        }
    }

    /// How many transactions and savepoints are open.
    var transactionDepth: Int { state.withLock { $0.transactionDepth } }

    /// Notes that one more is open, if `depth` are.
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

    /// A name for a savepoint that this borrower has not used yet.
    func savepointName() -> String {
        state.withLock { state in
            state.savepoints += 1
            return "weir_\(state.savepoints)"
        }
    }

    /// Has `handler` told what the server remarks, until it is removed or the lease ends.
    ///
    /// - Returns: What to remove it by.
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
