/// The operations that a pool needs of the connections it leases. ``PooledSession`` conforms to it; tests have other
/// types.
///
/// None of these may call back into the pool before it returns, except for the closure passed to ``onClose(_:)``.
package protocol PoolServer: AnyObject, Sendable {
    /// Whether it can still be used, as far as is known without a request to the server.
    var isOpen: Bool { get }
    /// For messages and metrics: `db1.example:5432`.
    var address: String { get }
    /// A number that every request changes, while a transaction is open and no request is in progress; otherwise `nil`.
    var idleTransaction: UInt64? { get }

    /// Runs ``PostgresPool/Configuration/prepareConnection``, if there is one. Ends early when ``abort()`` is called or
    /// the task is cancelled.
    func prepare() async throws(PostgresError)
    /// Returns whether the connection can be leased again without a reset.
    func isClean(for policy: PostgresPool.ResetPolicy) -> Bool
    /// Resets the connection: ends a transaction, undoes what the last caller changed, and prepares the connection
    /// again if that was undone, too.
    ///
    /// - Returns: `false` if the connection cannot be used any more. Ends early when ``abort()`` is called.
    func reset(_ policy: PostgresPool.ResetPolicy) async -> Bool
    /// Returns whether the server still answers, and, with `role`, still has the required role.
    ///
    /// Ends early when ``abort()`` is called.
    func check(role: Bool) async -> Bool
    /// Sends Terminate and closes the connection. Ends early when ``abort()`` is called.
    func close() async
    /// Closes at once.
    func abort()
    /// Calls `action` once when the connection is closed, at once if it is closed already.
    func onClose(_ action: @escaping @Sendable () -> Void)
}
