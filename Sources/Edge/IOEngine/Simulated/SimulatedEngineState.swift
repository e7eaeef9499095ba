import Glibc
import MonotonicTime
import Synchronization

/// The state of a simulated engine, shared with the network, which must know whether the engine's worker has anything
/// to do.
@safe final class SimulatedEngineState {
    static let flushTime: Duration = .seconds(5)
    static let acceptPause: Duration = .seconds(1)
    /// The turns without events after which a worker that keeps requesting a past deadline is reported as spinning.
    static let idleTurnLimit = 1000

    let number: Int
    let network: SimulatedNetwork
    let wake = WakeFlag()
    private let receiveBuffer: UnsafeMutableRawBufferPointer
    private var lentCount = 0

    var now: Instant
    var deadline: Instant?
    var isGone = false
    var sockets = Slab<SimulatedSocket>()
    var listeners: [Listening] = []
    /// Completions known before the wait.
    var ready: [(token: SocketToken, completion: FoundCompletion)] = []
    /// Sockets and listeners with something to report in the next turn.
    var signalled: [SimulatedSocket] = []
    private var signalledListeners: [SimulatedListener] = []
    private var turn: [Report] = []
    /// Whether the last turn found nothing, so that the worker only waits.
    private var isIdle = false
    private var idleTurns = 0

    struct Listening {
        let listener: SimulatedListener
        let id: ListenerID
        var isSuspended = false
    }

    private enum Report {
        case socket(SimulatedSocket)
        case listener(SimulatedListener)
    }

    init(_ network: SimulatedNetwork) {
        self.network = network
        number = network.engines.count
        now = network.now
        unsafe receiveBuffer = .allocate(byteCount: 65_536, alignment: 64)
        network.engines.append(self)
    }

    deinit { unsafe receiveBuffer.deallocate() }

    // MARK: - Turns

    /// Whether a turn would do anything; also true if the worker has not yet requested a deadline.
    var hasWork: Bool {
        if isGone { return false }
        if !isIdle || !signalled.isEmpty || !signalledListeners.isEmpty || !ready.isEmpty || wake.isSet {
            return true
        }
        guard let deadline else { return false }
        return deadline <= network.now
    }

    func signal(_ listener: SimulatedListener) {
        if !signalledListeners.contains(where: { $0 === listener }) { signalledListeners.append(listener) }
    }

    func wait(until deadline: Instant?) {
        now = network.now
        self.deadline = deadline
        let wasWoken = wake.clear()
        turn.removeAll(keepingCapacity: true)
        let reporting = signalled
        signalled.removeAll(keepingCapacity: true)
        for socket in reporting {
            socket.isSignalled = false
            if network.random.happens(network.conditions.lateReport) {
                socket.signal()
            } else {
                turn.append(.socket(socket))
            }
        }
        turn += signalledListeners.map { .listener($0) }
        signalledListeners.removeAll(keepingCapacity: true)
        turn.shuffle(using: &network.random)
        isIdle =
            turn.isEmpty && signalled.isEmpty && ready.isEmpty && !wasWoken && !(deadline.map { $0 <= now } ?? false)
        watchForSpinning(foundNothing: turn.isEmpty && signalled.isEmpty && ready.isEmpty && !wasWoken)
    }

    /// Detects a worker that repeatedly requests a past deadline while nothing else happens.
    private func watchForSpinning(foundNothing: Bool) {
        idleTurns = foundNothing && !isIdle ? idleTurns + 1 : 0
        guard idleTurns > Self.idleTurnLimit else { return }
        if idleTurns == Self.idleTurnLimit + 1 {
            network.violations.append("worker \(number) spins on a deadline that has passed")
        }
        isIdle = true
        deadline = nil
    }

    /// Checks that the worker took every completion; the others would be lost.
    func turnHasEnded() {
        guard !ready.isEmpty || !turn.isEmpty else { return }
        network.violations.append("worker \(number) did not take every completion of its turn")
        turn.removeAll()
    }

    func nextCompletion() -> Completion? {
        poisonLentBytes()
        if !ready.isEmpty {
            let (token, completion) = ready.removeFirst()
            return lend(completion, token)
        }
        while let report = turn.last {
            switch report {
            case .listener(let listener):
                if let completion = accept(listener) { return completion }
                turn.removeLast()
            case .socket(let socket):
                turn.removeLast()
                if let completion = nextCompletion(of: socket) { return lend(completion, socket.token) }
            }
        }
        return nil
    }

    private func nextCompletion(of socket: SimulatedSocket) -> FoundCompletion? {
        if socket.state == .closed {
            defer { socket.stale = nil }
            return socket.stale
        }
        guard socket.owner === self else { return nil }
        let found = find(socket)
        if socket.hasSomethingToReport { socket.signal() }
        return found
    }

    /// Keeps a closed socket's completion that was found before the close.
    func keepStaleCompletion(of socket: SimulatedSocket) {
        let isInTurn = turn.contains { if case .socket(let other) = $0 { other === socket } else { false } }
        guard isInTurn, network.random.happens(network.conditions.staleCompletion) else { return }
        socket.stale = find(socket)
    }

    // MARK: - Lending bytes

    private func lend(_ completion: FoundCompletion, _ token: SocketToken) -> Completion {
        switch completion {
        case .connected: return .connected(token)
        case .closed: return .closed(token)
        case .failed(let error): return .failed(token, error)
        case .congested: return .congested(token)
        case .drained: return .drained(token)
        case .received(let bytes):
            unsafe receiveBuffer.copyBytes(from: bytes)
            lentCount = bytes.count
            let piece = unsafe UnsafeRawBufferPointer(rebasing: receiveBuffer[..<bytes.count])
            return .received(token, unsafe ReceivedPiece(bytes: piece))
        }
    }

    /// Overwrites the last piece, so that a worker that keeps it too long sees garbage.
    private func poisonLentBytes() {
        if let start = unsafe receiveBuffer.baseAddress, lentCount > 0 { unsafe _ = memset(start, 0xDB, lentCount) }
        lentCount = 0
    }

    // MARK: - Accepting

    private func accept(_ listener: SimulatedListener) -> Completion? {
        guard let index = listeners.firstIndex(where: { $0.listener === listener }), !listeners[index].isSuspended,
            let socket = listener.first
        else { return nil }
        guard network.hasDescriptor else {
            listeners[index].isSuspended = true
            let id = listeners[index].id
            network.inBackground(after: Self.acceptPause) { [weak self] in self?.resumeAccepting(id) }
            return .acceptFailed(listener: id, error: EMFILE)
        }
        listener.removeFirst()
        network.adopt(socket)
        return .accepted(listener: listeners[index].id, socket: DetachedSocket(rawValue: socket.number))
    }

    private func resumeAccepting(_ id: ListenerID) {
        for index in listeners.indices where listeners[index].id == id && listeners[index].isSuspended {
            listeners[index].isSuspended = false
            listeners[index].listener.signal()
        }
    }
}

/// Whether an engine was woken. The only part of a simulation that other threads may access, because a worker may pass
/// its waker on.
final class WakeFlag: Sendable {
    private let flag = Atomic<Bool>(false)

    var isSet: Bool { flag.load(ordering: .acquiring) }
    func set() { flag.store(true, ordering: .releasing) }
    func clear() -> Bool { flag.exchange(false, ordering: .acquiringAndReleasing) }
}
