/// A transaction that lasts for the duration of a closure.
///
/// ```swift
/// try await pool.withTransaction(.serializable, retry: .serializationFailures()) { transaction in
///     let balance: Int = try await transaction.fetchValue("SELECT balance FROM accounts WHERE id = \(id)")
///     guard balance >= amount else { throw InsufficientFunds() }
///     try await transaction.execute("UPDATE accounts SET balance = balance - \(amount) WHERE id = \(id)")
/// }
/// ```
///
/// It is committed when the closure returns, and rolled back when the closure throws or its task is cancelled. The
/// closure can neither leave it open nor store it.
///
/// After a failed statement PostgreSQL refuses every further one until the end of the transaction. Where a statement
/// may fail, use a savepoint: ``withSavepoint(file:line:_:)``.
public struct PostgresTransaction: ~Copyable, Sendable {
    /// The lease that all requests go through.
    public let handle: PostgresHandle

    init(_ handle: PostgresHandle) { self.handle = handle }

    /// An isolation level, which determines the visible changes of other transactions.
    ///
    /// Source: PostgreSQL, transaction-iso.html
    public enum Isolation: String, Hashable, Sendable, CaseIterable {
        /// Each statement sees what was committed before it began.
        case readCommitted = "READ COMMITTED"
        /// All statements see what was committed before the first one began.
        case repeatableRead = "REPEATABLE READ"
        /// Transactions behave as if executed one after the other; one that conflicts fails and can be retried.
        case serializable = "SERIALIZABLE"
    }

    /// Whether to retry a transaction that failed only because of other transactions.
    public struct Retry: Hashable, Sendable {
        /// The maximum number of times that the closure is run, including the first.
        public var attempts: Int
        /// The maximum delay before the second attempt. It doubles with each attempt, up to one second; the actual
        /// delay is a random part of it.
        public var delay: Duration

        /// Does not retry.
        public static let never = Retry(attempts: 1, delay: .zero)

        /// Runs the closure again from its beginning in a new transaction, after a serialization failure or a deadlock.
        /// The closure's other side effects are repeated as well.
        public static func serializationFailures(
            attempts: Int = 5, delay: Duration = .milliseconds(10)
        ) -> Retry {
            Retry(attempts: attempts, delay: delay)
        }

        /// Returns the delay after a number of attempts.
        package func pause(after attempts: Int, using generator: inout some RandomNumberGenerator) -> Duration {
            let delay = delay.sleepable
            let longest = min(delay * (1 << min(attempts - 1, 20)), max(delay, .seconds(1)))
            return longest * Double.random(in: 0...1, using: &generator)
        }
    }
}

extension PostgresTransaction: PostgresConnectionScope {
    /// Runs `body` in a savepoint.
    @discardableResult
    public func withTransaction<Result>(
        origin: SourceLocation, _ body: (inout PostgresTransaction) async throws -> Result
    ) async throws -> Result {
        try await TransactionScope(handle, origin, kind: .savepoint(handle.lease.savepointName())).run(body)
    }

    /// Runs `body` in a savepoint: if it throws, its changes are undone, and the transaction continues.
    ///
    /// - Throws: the errors of `body`; `transactionRolledBack` if a statement failed and `body` did not rethrow its
    ///   error.
    @discardableResult
    public func withSavepoint<Result>(
        file: String = #fileID, line: Int = #line, _ body: (inout PostgresTransaction) async throws -> Result
    ) async throws -> Result {
        try await withTransaction(origin: SourceLocation(file: file, line: line), body)
    }

    /// Runs `body` in a savepoint, as ``withSavepoint(file:line:_:)`` does, so that a function that needs a transaction
    /// need not know whether one is open already.
    ///
    /// - Throws: the errors of `body`.
    @discardableResult
    public func withTransaction<Result>(
        file: String = #fileID, line: Int = #line, _ body: (inout PostgresTransaction) async throws -> Result
    ) async throws -> Result {
        try await withTransaction(origin: SourceLocation(file: file, line: line), body)
    }

    /// Fetches the rows of a statement in portions, for results that cannot be in memory as a whole. Unlike with
    /// `stream`, the transaction can be used between two portions, even in the middle of the loop.
    ///
    /// - Parameters:
    ///   - fetchSize: the number of rows fetched at a time.
    ///   - timeout: the limit for each portion. By default the pool's `command_timeout`.
    public func cursor(
        _ query: PostgresQuery, fetchSize: Int = 1000, timeout: Duration? = nil,
        file: String = #fileID, line: Int = #line
    ) -> PostgresRowSequence<PostgresRow> {
        let origin = SourceLocation(file: file, line: line)
        let source = RowSource(
            handle: handle, query: query, timeout: timeout, origin: origin, fetchSize: max(1, fetchSize))
        return PostgresRowSequence(source) { $0 }
    }
}
