/// A user: its limits, and what counts towards them.
struct UserRecord: Sendable {
    var generation: UInt32 = 0
    var isAlive = true
    /// No file names it: it is removed with its last client and pool.
    var isTransient = false
    var maxClientConnections = 0
    /// Admitted clients.
    var clients = 0
    var pools = 0
    var shared = SharedLimit()
}
