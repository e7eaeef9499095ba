/// A transaction, for the length of a closure.
///
/// ```swift
/// try await pool.withTransaction(.serializable, retry: .serializationFailures()) { transaction in
///     let balance: Int = try await transaction.fetchValue("SELECT balance FROM accounts WHERE id = \(id)")
///     guard balance >= amount else { throw InsufficientFunds() }
///     try await transaction.execute("UPDATE accounts SET balance = balance - \(amount) WHERE id = \(id)")
/// }
/// ```
///
/// It is committed when the closure returns, and rolled back when that throws or its task was cancelled. The closure
/// cannot leave it open, and cannot keep it.
///
/// After a failed statement PostgreSQL refuses everything until the transaction's end. Where a statement may fail, put it
/// behind a savepoint: ``withSavepoint(file:line:_:)``.
public struct PostgresTransaction: ~Copyable, Sendable {
    /// What it speaks through.
    public let lent: PostgresLent

    init(_ lent: PostgresLent) { self.lent = lent }

    /// How much of other transactions one sees.
    ///
    /// Source: PostgreSQL, transaction-iso.html
    public enum Isolation: String, Hashable, Sendable, CaseIterable {
        /// Each statement sees what was committed before it.
        case readCommitted = "READ COMMITTED"
        /// All statements see what was committed before the first.
        case repeatableRead = "REPEATABLE READ"
        /// As if transactions ran one after the other; what does not fit fails and is to be retried.
        case serializable = "SERIALIZABLE"
    }

    /// What to do with a transaction that failed only because of others.
    public struct Retry: Hashable, Sendable {
        /// How often the closure is run, the first time included.
        public var attempts: Int
        /// How long to wait at most before the second attempt. It doubles from attempt to attempt, up to one second, and
        /// a random part of it is waited.
        public var delay: Duration

        /// Not again.
        public static let never = Retry(attempts: 1, delay: .zero)

        /// Runs the closure again, from its beginning and in a new transaction, after a serialization failure or a
        /// deadlock. Whatever else than the database it changes, it changes again.
        public static func serializationFailures(
            attempts: Int = 5, delay: Duration = .milliseconds(10)
        ) -> Retry {
            Retry(attempts: attempts, delay: delay)
        }

        /// How long to wait after so many attempts.
        package func pause(after attempts: Int, using generator: inout some RandomNumberGenerator) -> Duration {
            let delay = delay.sleepable
            let longest = min(delay * (1 << min(attempts - 1, 20)), max(delay, .seconds(1)))
            return longest * Double.random(in: 0...1, using: &generator)
        }
    }
}

extension PostgresTransaction: PostgresConnectionScope {
    /// Runs `body` behind a savepoint.
    @discardableResult
    public func withTransaction<Result>(
        origin: SourceLocation, _ body: (inout PostgresTransaction) async throws -> Result
    ) async throws -> Result {
        try await TransactionScope(lent, origin, kind: .savepoint(lent.lease.savepointName())).run(body)
    }

    /// Runs `body` behind a savepoint: if it throws, what it did is undone, and the transaction goes on.
    ///
    /// - Throws: What `body` throws; `transactionRolledBack` if a statement failed and `body` did not let its error through.
    @discardableResult
    public func withSavepoint<Result>(
        file: String = #fileID, line: Int = #line, _ body: (inout PostgresTransaction) async throws -> Result
    ) async throws -> Result {
        try await withTransaction(origin: SourceLocation(file: file, line: line), body)
    }

    /// Runs `body` behind a savepoint, as ``withSavepoint(file:line:_:)`` does: what asks for a transaction need not know
    /// whether there is one already.
    ///
    /// - Throws: What `body` throws.
    @discardableResult
    public func withTransaction<Result>(
        file: String = #fileID, line: Int = #line, _ body: (inout PostgresTransaction) async throws -> Result
    ) async throws -> Result {
        try await withTransaction(origin: SourceLocation(file: file, line: line), body)
    }

    /// The rows of a statement in portions, for results that cannot be in memory as a whole. Unlike those of
    /// `stream`, between two portions anything may be done with the transaction, in the middle of the loop, too.
    ///
    /// - Parameters:
    ///   - fetchSize: How many rows are got at a time.
    ///   - timeout: For each portion. By default the pool's `command_timeout`.
    public func cursor(
        _ query: PostgresQuery, fetchSize: Int = 1000, timeout: Duration? = nil,
        file: String = #fileID, line: Int = #line
    ) -> PostgresRowSequence<PostgresRow> {
        let origin = SourceLocation(file: file, line: line)
        let source = RowSource(lent: lent, query: query, timeout: timeout, origin: origin, fetchSize: max(1, fetchSize))
        return PostgresRowSequence(source) { $0 }
    }
}
