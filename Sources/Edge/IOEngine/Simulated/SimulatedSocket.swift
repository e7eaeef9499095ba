import Glibc

/// The pooler's end of a connection, in a backlog, in an engine or between two engines.
final class SimulatedSocket {
    let number: Int32
    let connection: SimulatedConnection?
    let localAddress: SocketAddress
    let peerAddress: SocketAddress

    var state: State
    /// The engine that owns it; `nil` in a backlog or between two engines.
    weak var owner: SimulatedEngineState?
    var handle = SocketHandle.none
    var token = SocketToken(rawValue: 0)
    var isPaused = false
    var watchesForClose = false

    /// The bytes not received yet, and the end or error that follows them.
    var arrived = ByteQueue()
    var hasEnded = false
    var error: Int32?
    /// The bytes that the engine holds because the connection has no room for them.
    var queue = ByteQueue()

    /// Whether bytes have been queued and the sender does not know yet.
    var hidesCongestion = false

    var isSignalled = false
    /// Whether the end was reported while receiving; nothing is received afterwards.
    var hasReportedEnd = false
    /// Whether the end was reported to a paused socket.
    var hasReportedWatchedEnd = false
    var hasReportedFailure = false
    /// Whether the failure is withheld until the socket is resumed, as may happen to a paused socket that is not
    /// watched.
    var hidesFailure = false
    /// The completion found for the socket in the turn in which it was closed.
    var stale: FoundCompletion?

    enum State {
        case connecting
        /// The connection is established, and this has not been reported.
        case connected
        case open
        /// Closed by its owner, still sending queued bytes.
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

    /// Whether its engine has something to report about it.
    var hasSomethingToReport: Bool {
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

    func connectionEstablished() {
        guard state == .connecting else { return }
        state = .connected
        signal()
    }

    func roomAppeared() {
        if !queue.isEmpty { signal() }
    }

    /// Adds the socket to its engine's list for the next turn.
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
