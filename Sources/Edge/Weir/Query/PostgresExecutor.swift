/// Whatever runs statements: the pool, a connection, a transaction.
///
/// Take `borrowing some PostgresExecutor & ~Copyable` where a function should work with each of them:
///
/// ```swift
/// func user(_ id: Int, in database: borrowing some PostgresExecutor & ~Copyable) async throws -> User {
///     try await database.fetchOne("SELECT * FROM users WHERE id = \(id)", as: User.self)
/// }
/// ```
///
/// The pool takes a connection for each statement; only a transaction keeps several together.
///
/// Everything here takes a `timeout`: how long the statement may take before it is cancelled, on the server, too. By
/// default the pool's `command_timeout`. The time in which the pool finds a connection is not part of it.
///
/// Everything here throws ``PostgresError`` and nothing else but what closures throw. That is not written as a typed
/// `throws`, because Swift 6.3 crashes on `do { try … "\(x)" } catch SomePattern { … }` with one.
public protocol PostgresExecutor: ~Copyable {
    /// Runs one statement and collects what it gives: what all the others rest on.
    ///
    /// - Parameter origin: Where in the application; errors carry it.
    func result(
        of query: PostgresQuery, timeout: Duration?, origin: SourceLocation
    ) async throws(PostgresError) -> PostgresResult

    /// Runs `body` in a transaction, or, inside of a transaction, behind a savepoint.
    ///
    /// COMMIT when `body` returns; ROLLBACK when it throws or its task is cancelled, and then the error of `body`.
    ///
    /// - Parameter origin: Where in the application; errors carry it.
    @discardableResult
    func withTransaction<Result>(
        origin: SourceLocation, _ body: (inout PostgresTransaction) async throws -> Result
    ) async throws -> Result
}

extension PostgresExecutor where Self: ~Copyable {
    /// Runs one statement: its rows and its tag.
    public func query(
        _ query: PostgresQuery, timeout: Duration? = nil, file: String = #fileID, line: Int = #line
    ) async throws -> PostgresResult {
        try await result(of: query, timeout: timeout, origin: SourceLocation(file: file, line: line))
    }

    /// Runs one statement for what it does: `try await pool.execute("DELETE FROM carts WHERE …").rowsAffected`.
    @discardableResult
    public func execute(
        _ query: PostgresQuery, timeout: Duration? = nil, file: String = #fileID, line: Int = #line
    ) async throws -> PostgresCommandTag {
        try await result(of: query, timeout: timeout, origin: SourceLocation(file: file, line: line)).tag
    }

    /// Runs `body` in a transaction, or, inside of a transaction, behind a savepoint.
    ///
    /// COMMIT when `body` returns; ROLLBACK when it throws or its task is cancelled, and then the error of `body`.
    @_disfavoredOverload
    @discardableResult
    public func withTransaction<Result>(
        file: String = #fileID, line: Int = #line, _ body: (inout PostgresTransaction) async throws -> Result
    ) async throws -> Result {
        try await withTransaction(origin: SourceLocation(file: file, line: line), body)
    }

    /// Sends a notification to all who listen to the channel; in a transaction, when that is committed.
    ///
    /// - Parameter payload: At most 7,999 bytes.
    public func notify(
        _ channel: String, _ payload: String = "", file: String = #fileID, line: Int = #line
    ) async throws {
        _ = try await result(
            of: "SELECT pg_catalog.pg_notify(\(channel), \(payload))", timeout: nil,
            origin: SourceLocation(file: file, line: line))
    }
}
