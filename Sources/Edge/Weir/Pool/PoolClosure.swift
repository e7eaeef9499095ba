/// The reason why a connection of a pool was closed.
public enum PoolClosure: String, CaseIterable, Hashable, Sendable {
    /// It was idle for ``PostgresPool/Configuration/idleTimeout``.
    case idle
    /// It reached ``PostgresPool/Configuration/maximumLifetime``.
    case lifetime
    /// The server or the network closed it.
    case lost
    /// The check before it was to be leased failed.
    case failedCheck = "failed_check"
    /// It could not be reset when it was released.
    case failedReset = "failed_reset"
    /// ``PostgresPool/expire()`` or ``PostgresPool/drain()``.
    case expired
    /// The pool's maximum was lowered.
    case resized
    /// The pool was paused.
    case paused
    /// The pool was closed.
    case closed
}
