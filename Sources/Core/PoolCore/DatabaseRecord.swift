import MonotonicTime

/// A database entry: its limits, its state for the console, and what counts towards them.
struct DatabaseRecord: Sendable {
    var generation: UInt32 = 0
    var isAlive = true
    /// Removed by the operator; waits for its servers and clients to go.
    var isDead = false
    /// Made from the fallback entry `*`.
    var isAuto = false
    /// It is in the list of idle auto-databases, since this instant.
    var idleSince: Instant?
    var isDisabled = false
    /// `PAUSE` or `KILL` of this database.
    var isPaused = false
    /// `PAUSE` is not answered yet.
    var pausePending = false
    /// `WAIT_CLOSE` is not answered yet.
    var waitClosePending = false
    var maxClientConnections = 0
    /// Admitted clients.
    var clients = 0
    var pools = 0
    /// Servers marked for closing and not lost yet.
    var dirty = 0
    var shared = SharedLimit()

    /// Made from `*` and not in use; and no operator has paused or disabled it, which its removal would undo.
    var isRemovable: Bool {
        isAuto && isAlive && !isDead && !isPaused && !isDisabled && clients == 0 && shared.servers == 0
    }
}
