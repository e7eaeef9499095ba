/// A connection, lent for the length of a closure.
///
/// ```swift
/// try await pool.withConnection { connection in
///     try await connection.execute("SET LOCAL statement_timeout = '1min'")
///     for try await (id, name) in connection.stream("SELECT id, name FROM users", as: (Int, String).self) { … }
/// }
/// ```
///
/// The compiler keeps it inside of the closure: it can be neither copied nor stored. What was made from it (a stream, for
/// instance) throws `connectionReturned` if it is used later; the connection of another borrower is never touched.
///
/// Statements of several tasks are answered in the order in which they were made.
public struct PostgresConnection: ~Copyable, Sendable {
    /// What it speaks through.
    public let lent: PostgresLent

    package init(_ lease: PostgresLease) { lent = PostgresLent(lease: lease) }
}

extension PostgresConnection: PostgresConnectionScope {}

extension PostgresLease {
    /// Lends the connection to `body`; when this returns, nothing made from it passes any more.
    ///
    /// - Parameter giveBack: What to do with the connection then, whatever came of `body`. With `false` it is not to
    ///   serve anybody else: some task that outlived `body` is in the middle of using it.
    package func lend<Result>(
        to body: (inout PostgresConnection) async throws -> Result, giveBack: (_ isUnused: Bool) async -> Void
    ) async throws -> Result {
        var connection = PostgresConnection(self)
        let result: Result
        do {
            result = try await body(&connection)
        } catch {
            await giveBack(end())
            throw error
        }
        await giveBack(end())
        return result
    }
}
