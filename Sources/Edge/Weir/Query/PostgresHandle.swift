import Synchronization

/// The lease that a connection or a transaction sends its requests through. It has no public members.
public struct PostgresHandle: Sendable {
    package let lease: PostgresLease
    /// The transaction that this belongs to; `nil` for the connection itself.
    var transaction: TransactionRecord?

    /// Makes one call, in a span if `query` or `operation` describes it.
    ///
    /// - Throws: `connectionReturned` after the end of the closure, `misuse` while a stream or COPY is open, and the
    ///   errors of `body`, with `origin` set.
    func call<Value>(
        _ origin: SourceLocation, asExclusiveUser: Bool = false, operation: String? = nil, query: String? = nil,
        _ body: (PostgresSession) async throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value {
        do throws(PostgresError) {
            try transaction?.check()
            try lease.beginCall(asExclusiveUser: asExclusiveUser)
            defer { lease.endCall() }
            return try await lease.inSpan(operation, query: query, body)
        } catch {
            throw located(error, origin)
        }
    }

    /// Adds the caller's location to an error, and records the error in the transaction.
    func located(_ error: PostgresError, _ origin: SourceLocation) -> PostgresError {
        var error = error
        error.origin = error.origin ?? origin
        transaction?.note(error)
        lease.observe(error)
        return error
    }

    func timeout(_ asked: Duration?) -> Duration? { asked ?? lease.commandTimeout }
}

/// The state of a transaction or a savepoint while its closure runs.
final class TransactionRecord: Sendable {
    /// 1 for a transaction, 2 for a savepoint in it, and so on.
    let depth: Int
    private let outer: TransactionRecord?
    private let state = Mutex<(isEnded: Bool, firstError: PostgresError?)>((false, nil))

    init(depth: Int, inside outer: TransactionRecord?) {
        self.depth = depth
        self.outer = outer
    }

    /// The first error that the server reported.
    var firstError: PostgresError? { state.withLock { $0.firstError } }

    func end() { state.withLock { $0.isEnded = true } }

    /// Throws if the transaction has ended.
    func check() throws(PostgresError) {
        guard state.withLock({ $0.isEnded }) else { return }
        throw PostgresError(.connectionReturned, "the transaction was used after its closure")
    }

    func note(_ error: PostgresError) {
        guard error.server != nil else { return }
        state.withLock { $0.firstError = $0.firstError ?? error }
        outer?.note(error)
    }
}
