import IOEngine
import MonotonicTime

/// One client of the load: its connection and its current transaction.
struct LoadConnection {
    enum State: Hashable {
        /// No connection, and none is being opened.
        case closed
        /// Waiting for the next attempt to connect.
        case backingOff
        case connecting, loggingIn, preparing
        /// Connected, with nothing to do.
        case idle
        /// Pausing between two transactions.
        case thinking
        /// Waiting for an answer that belongs to its transaction.
        case busy
        /// Waiting for the end of a failed transaction block.
        case rollingBack
    }

    /// One execution of the script.
    struct Transaction {
        /// The time at which it should have begun; in the closed loop, when it did.
        var due: Instant
        var begun: Instant
        /// The index of the statement sent last.
        var statement = 0
        var isMeasured: Bool
    }

    var state = State.closed
    var session: Session
    var socket = SocketHandle.none
    /// Changes with each connection, so that late completions are recognized.
    var epoch: UInt32 = 0
    /// The index of the target's address in use.
    var addressIndex = 0
    var connectBegan = Instant.zero
    var transaction: Transaction?
    /// The random numbers of the transaction.
    var values: [Int64]
    var failuresInARow = 0
    /// The time at which the state ends by itself; entries of the heap with another time are stale.
    var timer: Instant?
    /// Whether its first connection has succeeded or failed.
    var hasFirstResult = false

    init(session: Session, values: [Int64]) {
        self.session = session
        self.values = values
    }

    var isOpen: Bool {
        switch state {
        case .idle, .thinking, .busy, .rollingBack: true
        case .closed, .backingOff, .connecting, .loggingIn, .preparing: false
        }
    }
}

/// A token contains a client's slot and its connection's epoch.
extension SocketToken {
    init(client slot: UInt32, epoch: UInt32) { self.init(rawValue: UInt64(epoch) << 32 | UInt64(slot)) }
    var client: UInt32 { UInt32(truncatingIfNeeded: rawValue) }
    var epoch: UInt32 { UInt32(truncatingIfNeeded: rawValue >> 32) }
}
