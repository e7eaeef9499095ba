/// What a pool has to know about the connections that it lends. A ``PooledSession`` is one; tests have others.
///
/// None of these may call back into the pool before it returns, except for what ``onClose(_:)`` was given.
package protocol PoolServer: AnyObject, Sendable {
    /// Whether it can still be used, as far as is known without asking the server.
    var isOpen: Bool { get }
    /// For messages and metrics: `db1.example:5432`.
    var address: String { get }
    /// While a transaction is open and nothing is under way: a number that every request changes. Else `nil`.
    var idleTransaction: UInt64? { get }

    /// Runs ``PostgresPool/Configuration/prepareConnection``, if there is one. Ends early when ``abort()`` is called or the
    /// task is cancelled.
    func prepare() async throws(PostgresError)
    /// Whether the next borrower may have it as it is.
    func isClean(for policy: PostgresPool.ResetPolicy) -> Bool
    /// Makes it clean: ends a transaction, resets what the borrower changed, prepares it again if that was undone, too.
    ///
    /// - Returns: `false` if the connection cannot be used any more. Ends early when ``abort()`` is called.
    func reset(_ policy: PostgresPool.ResetPolicy) async -> Bool
    /// Whether the server still answers, and, with `role`, is still of the kind that was asked for.
    ///
    /// Ends early when ``abort()`` is called.
    func check(role: Bool) async -> Bool
    /// Takes leave of the server. Ends early when ``abort()`` is called.
    func close() async
    /// Closes at once.
    func abort()
    /// Has `action` called once when the connection is gone, at once if it is gone already.
    func onClose(_ action: @escaping @Sendable () -> Void)
}
