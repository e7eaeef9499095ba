/// Executes statements: the pool, a connection, or a transaction.
///
/// Take `borrowing some PostgresExecutor & ~Copyable` where a function should work with all of them:
///
/// ```swift
/// func user(_ id: Int, in database: borrowing some PostgresExecutor & ~Copyable) async throws -> User {
///     try await database.fetchOne("SELECT * FROM users WHERE id = \(id)", as: User.self)
/// }
/// ```
///
/// The pool uses any connection for each statement; only a transaction keeps several statements together.
///
/// Every function takes a `timeout`: how long the statement may take before it is cancelled, also on the server. By
/// default the pool's `command_timeout`. The time to acquire a connection does not count.
///
/// Apart from the errors of closures, every function throws only ``PostgresError``. It is not declared as a typed
/// `throws`, because Swift 6.3 crashes on `do { try … "\(x)" } catch SomePattern { … }` with one.
public protocol PostgresExecutor: ~Copyable {
    /// Executes one statement and collects its result. All other functions are based on it.
    ///
    /// - Parameter origin: the location in the application, for errors.
    func result(
        of query: PostgresQuery, timeout: Duration?, origin: SourceLocation
    ) async throws(PostgresError) -> PostgresResult

    /// Runs `body` in a transaction or, inside of a transaction, in a savepoint.
    ///
    /// Commits when `body` returns; rolls back when it throws or its task is cancelled, and then throws the error of
    /// `body`.
    ///
    /// - Parameter origin: the location in the application, for errors.
    @discardableResult
    func withTransaction<Result>(
        origin: SourceLocation, _ body: (inout PostgresTransaction) async throws -> Result
    ) async throws -> Result
}

extension PostgresExecutor where Self: ~Copyable {
    /// Executes one statement and returns its rows and tag.
    public func query(
        _ query: PostgresQuery, timeout: Duration? = nil, file: String = #fileID, line: Int = #line
    ) async throws -> PostgresResult {
        try await result(of: query, timeout: timeout, origin: SourceLocation(file: file, line: line))
    }

    /// Executes one statement and returns its tag: `try await pool.execute("DELETE FROM carts WHERE …").rowsAffected`.
    @discardableResult
    public func execute(
        _ query: PostgresQuery, timeout: Duration? = nil, file: String = #fileID, line: Int = #line
    ) async throws -> PostgresCommandTag {
        try await result(of: query, timeout: timeout, origin: SourceLocation(file: file, line: line)).tag
    }

    /// Runs `body` in a transaction or, inside of a transaction, in a savepoint.
    ///
    /// Commits when `body` returns; rolls back when it throws or its task is cancelled, and then throws the error of
    /// `body`.
    @_disfavoredOverload
    @discardableResult
    public func withTransaction<Result>(
        file: String = #fileID, line: Int = #line, _ body: (inout PostgresTransaction) async throws -> Result
    ) async throws -> Result {
        try await withTransaction(origin: SourceLocation(file: file, line: line), body)
    }

    /// Sends a notification to all listeners of a channel; in a transaction, at its commit.
    ///
    /// - Parameter payload: at most 7,999 bytes.
    public func notify(
        _ channel: String, _ payload: String = "", file: String = #fileID, line: Int = #line
    ) async throws {
        _ = try await result(
            of: "SELECT pg_catalog.pg_notify(\(channel), \(payload))", timeout: nil,
            origin: SourceLocation(file: file, line: line))
    }
}
