import Synchronization

/// What a connection or a transaction speaks through. It has no public parts.
public struct PostgresLent: Sendable {
    package let lease: PostgresLease
    /// The transaction this belongs to; `nil` for the connection itself.
    var transaction: TransactionRecord?

    /// Makes one call, in a span of its own if `query` or `operation` says what it is about.
    ///
    /// - Throws: `connectionReturned` after the end of the closure, `misuse` while a stream or COPY is open, and what
    ///   `body` throws, with `origin` filled in.
    func call<Value>(
        _ origin: SourceLocation, asOccupant: Bool = false, operation: String? = nil, query: String? = nil,
        _ body: (PostgresSession) async throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value {
        do throws(PostgresError) {
            try transaction?.check()
            try lease.enter(asOccupant: asOccupant)
            defer { lease.leave() }
            return try await lease.inSpan(operation, query: query, body)
        } catch {
            throw located(error, origin)
        }
    }

    /// Adds who asked, and lets the transaction know what went wrong in it.
    func located(_ error: PostgresError, _ origin: SourceLocation) -> PostgresError {
        var error = error
        error.origin = error.origin ?? origin
        transaction?.note(error)
        lease.observe(error)
        return error
    }

    func timeout(_ asked: Duration?) -> Duration? { asked ?? lease.commandTimeout }
}

/// What is known of a transaction or a savepoint while its closure runs.
final class TransactionRecord: Sendable {
    /// 1 for a transaction, 2 for a savepoint in it, and so on.
    let depth: Int
    private let outer: TransactionRecord?
    private let state = Mutex<(isEnded: Bool, firstError: PostgresError?)>((false, nil))

    init(depth: Int, inside outer: TransactionRecord?) {
        self.depth = depth
        self.outer = outer
    }

    /// The first thing that the server complained about.
    var firstError: PostgresError? { state.withLock { $0.firstError } }

    func end() { state.withLock { $0.isEnded = true } }

    /// Refuses what comes after the end.
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
