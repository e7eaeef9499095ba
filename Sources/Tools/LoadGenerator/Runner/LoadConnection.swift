import IOEngine
import MonotonicTime

/// One client of the load: its connection, and the transaction it is at.
struct LoadConnection {
    enum State: Hashable {
        /// No connection, and none is being opened.
        case closed
        /// Waits for the next attempt to connect.
        case backingOff
        case connecting, loggingIn, preparing
        /// Has a connection and nothing to do.
        case idle
        /// Thinks.
        case resting
        /// Waits for an answer that belongs to its transaction.
        case busy
        /// Waits for the end of a transaction block that failed.
        case rollingBack
    }

    /// A run of the script.
    struct Transaction {
        /// When it should have begun, which in the closed loop is when it did.
        var due: Instant
        var begun: Instant
        /// The statement that was sent last.
        var statement = 0
        var isMeasured: Bool
    }

    var state = State.closed
    var session: Session
    var socket = SocketHandle.none
    /// Changes with each connection, so that late completions can be told.
    var epoch: UInt32 = 0
    /// Which of the target's addresses is tried.
    var addressIndex = 0
    var connectBegan = Instant.zero
    var transaction: Transaction?
    /// The random numbers of the transaction.
    var values: [Int64]
    var failuresInARow = 0
    /// When the state ends by itself; entries of the heap with another time are stale.
    var timer: Instant?
    /// Whether its first connection has succeeded or failed.
    var hasSettled = false

    init(session: Session, values: [Int64]) {
        self.session = session
        self.values = values
    }

    var isOpen: Bool {
        switch state {
        case .idle, .resting, .busy, .rollingBack: true
        case .closed, .backingOff, .connecting, .loggingIn, .preparing: false
        }
    }
}

/// Tokens name a client and its connection's epoch.
extension SocketToken {
    init(client slot: UInt32, epoch: UInt32) { self.init(rawValue: UInt64(epoch) << 32 | UInt64(slot)) }
    var client: UInt32 { UInt32(truncatingIfNeeded: rawValue) }
    var epoch: UInt32 { UInt32(truncatingIfNeeded: rawValue >> 32) }
}
