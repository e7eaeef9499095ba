/// Why the pool closed a connection, or found it closed.
public enum PoolClosure: String, CaseIterable, Hashable, Sendable {
    /// Nobody used it for ``PostgresPool/Configuration/idleTimeout``.
    case idle
    /// It reached ``PostgresPool/Configuration/maximumLifetime``.
    case lifetime
    /// The server or the network closed it.
    case lost
    /// The check before it was to be lent failed.
    case failedCheck = "failed_check"
    /// It could not be made clean when it was given back.
    case failedReset = "failed_reset"
    /// ``PostgresPool/expire()`` or ``PostgresPool/drain()``.
    case expired
    /// The pool was made smaller.
    case resized
    /// The pool was paused.
    case paused
    /// The pool was closed.
    case closed
}
