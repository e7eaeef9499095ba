/// A connection that is leased for the duration of a closure.
///
/// ```swift
/// try await pool.withConnection { connection in
///     try await connection.execute("SET LOCAL statement_timeout = '1min'")
///     for try await (id, name) in connection.stream("SELECT id, name FROM users", as: (Int, String).self) { … }
/// }
/// ```
///
/// The compiler keeps it inside of the closure: it can be neither copied nor stored. Anything made from it (a stream,
/// for instance) throws `connectionReturned` if it is used later; it never reaches the connection once another caller
/// has it.
///
/// Statements of several tasks are executed in the order in which they were submitted.
public struct PostgresConnection: ~Copyable, Sendable {
    /// The lease that all requests go through.
    public let handle: PostgresHandle

    package init(_ lease: PostgresLease) { handle = PostgresHandle(lease: lease) }
}

extension PostgresConnection: PostgresConnectionScope {}

extension PostgresLease {
    /// Runs `body` with the connection; when it returns, everything made from the connection becomes invalid.
    ///
    /// - Parameter release: receives the connection afterwards, whatever the outcome of `body`. With `false` the
    ///   connection must not be leased again: a task that outlived `body` is still using it.
    package func withConnection<Result>(
        _ body: (inout PostgresConnection) async throws -> Result, release: (_ isReusable: Bool) async -> Void
    ) async throws -> Result {
        var connection = PostgresConnection(self)
        let result: Result
        do {
            result = try await body(&connection)
        } catch {
            await release(end())
            throw error
        }
        await release(end())
        return result
    }
}
