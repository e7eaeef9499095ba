import Glibc

/// The pooler's end of a connection, wherever it is: in a backlog, in an engine or between two engines.
final class SimulatedSocket {
    let number: Int32
    let connection: SimulatedConnection?
    let localAddress: SocketAddress
    let peerAddress: SocketAddress

    var state: State
    /// The engine that holds it; `nil` in a backlog or between two engines.
    weak var owner: SimulatedWorkplace?
    var handle = SocketHandle.none
    var token = SocketToken(rawValue: 0)
    var isPaused = false
    var watchesForClose = false

    /// Bytes nobody has received yet, and what came after them.
    var arrived = ByteQueue()
    var hasEnded = false
    var error: Int32?
    /// Bytes the engine holds because the connection has no room for them.
    var queue = ByteQueue()

    /// Bytes have been queued and the sender does not know yet.
    var hidesCongestion = false

    var isSignalled = false
    /// The end was reported while receiving; nothing is received any more.
    var hasReportedEnd = false
    /// The end was reported to a paused socket.
    var hasReportedWatchedEnd = false
    var hasReportedFailure = false
    /// A paused socket nobody watches may keep its failure to itself until it is resumed.
    var hidesFailure = false
    /// What was found for the socket in the turn it was closed in.
    var stale: FoundCompletion?

    enum State {
        case connecting
        /// The connection stands and this has not been reported.
        case connected
        case open
        /// Closed by its owner, sending what is left.
        case flushing
        case closed
    }

    init(
        number: Int32, connection: SimulatedConnection?, state: State, local: SocketAddress, peer: SocketAddress
    ) {
        self.number = number
        self.connection = connection
        self.state = state
        localAddress = local
        peerAddress = peer
    }

    /// Whether its engine would find something to report.
    var hasNews: Bool {
        switch state {
        case .connecting: error != nil && !hasReportedFailure
        case .connected: true
        case .closed: false
        case .flushing: false
        case .open:
            if hasReportedFailure {
                false
            } else if error != nil {
                !isPaused || watchesForClose || !hidesFailure
            } else if isPaused {
                watchesForClose && hasEnded && !hasReportedWatchedEnd
            } else {
                !arrived.isEmpty || hasEnded && !hasReportedEnd
            }
        }
    }

    func arrive(_ bytes: [UInt8]) {
        arrived.append(bytes)
        signal()
    }

    func arriveEnd() {
        hasEnded = true
        signal()
    }

    func fail(_ number: Int32) {
        guard error == nil else { return }
        error = number
        if state == .open, let network = connection?.network {
            if network.random.happens(network.conditions.lossAtReset) { arrived.removeAll() }
            hidesFailure = network.random.happens(0.5)
        }
        signal()
    }

    func connectionStands() {
        guard state == .connecting else { return }
        state = .connected
        signal()
    }

    func roomAppeared() {
        if !queue.isEmpty { signal() }
    }

    /// Puts the socket on its engine's list for the next turn.
    func signal() {
        guard let owner, !isSignalled else { return }
        isSignalled = true
        owner.signalled.append(self)
    }
}

/// A completion that owns its bytes.
enum FoundCompletion {
    case connected
    case received([UInt8])
    case closed
    case failed(Int32)
    case congested
    case drained
}
