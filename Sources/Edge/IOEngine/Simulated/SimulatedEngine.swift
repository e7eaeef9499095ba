import Glibc
package import MonotonicTime

/// The engine for tests: virtual sockets on a ``SimulatedNetwork``, virtual time, and randomness from one seed.
///
/// It fulfills the same contract as the epoll engine, and makes rare events frequent: pieces torn anywhere, short
/// sends, late reports, stale completions. ``wait(until:)`` never blocks; the network gives the worker its turns.
package struct SimulatedEngine: IOEngine, ~Copyable {
    private let state: SimulatedEngineState

    /// Creates the next engine of the network.
    package init(on network: SimulatedNetwork) { state = SimulatedEngineState(network) }

    /// Closes everything, as the end of a process does.
    deinit { state.endEverything() }

    package var now: Instant { state.now }

    package var waker: @Sendable () -> Void {
        let wake = state.wake
        return { wake.set() }
    }

    // MARK: - Listening

    package mutating func listen(on socket: DetachedSocket, listener: ListenerID) {
        guard let listening = state.network.listener(socket.rawValue) else {
            preconditionFailure("not a listening socket of this network")
        }
        state.listeners.append(SimulatedEngineState.Listening(listener: listening, id: listener))
        listening.add(state, id: listener)
    }

    package mutating func stopListening(_ listener: ListenerID) {
        for index in state.listeners.indices.reversed() where state.listeners[index].id == listener {
            state.listeners.remove(at: index).listener.remove(state, id: listener)
        }
    }

    // MARK: - Sockets

    package mutating func attach(_ socket: DetachedSocket, token: SocketToken) -> SocketHandle {
        guard let detached = state.network.socket(socket.rawValue), detached.owner == nil else {
            preconditionFailure("not a detached socket of this network")
        }
        return insert(detached, token: token)
    }

    package mutating func detach(_ socket: SocketHandle) -> DetachedSocket? {
        guard let open = open(socket), open.state == .open, open.queue.isEmpty else { return nil }
        state.sockets.remove(socket.index)
        state.signalled.removeAll { $0 === open }
        open.isSignalled = false
        open.owner = nil
        open.handle = .none
        open.isPaused = false
        open.watchesForClose = false
        open.hasReportedEnd = false
        open.hasReportedWatchedEnd = false
        return DetachedSocket(rawValue: open.number)
    }

    package mutating func connect(
        to address: SocketAddress, options: SocketOptions, token: SocketToken
    ) -> SocketHandle {
        switch state.network.open(address) {
        case .success(let socket): return insert(socket, token: token)
        case .failure(let error):
            state.ready.append((token, .failed(error.number)))
            return .none
        }
    }

    package mutating func setToken(_ token: SocketToken, of socket: SocketHandle) { open(socket)?.token = token }

    package mutating func pause(_ socket: SocketHandle, watchingForClose: Bool) {
        guard let socket = open(socket) else { return }
        socket.isPaused = true
        socket.watchesForClose = watchingForClose
        if socket.hasSomethingToReport { socket.signal() }
    }

    package mutating func resume(_ socket: SocketHandle) {
        guard let socket = open(socket), socket.isPaused else { return }
        socket.isPaused = false
        socket.hasReportedWatchedEnd = false
        if socket.hasSomethingToReport { socket.signal() }
    }

    package mutating func close(_ socket: SocketHandle, flushing: Bool) {
        guard let open = open(socket) else { return }
        state.keepStaleCompletion(of: open)
        if flushing, !open.queue.isEmpty, open.error == nil {
            open.state = .flushing
            state.network.inBackground(after: SimulatedEngineState.flushTime) { [state] in
                if open.state == .flushing { state.release(open, abruptly: true) }
            }
            return
        }
        state.release(open, abruptly: !flushing && !open.arrived.isEmpty)
    }

    private mutating func insert(_ socket: SimulatedSocket, token: SocketToken) -> SocketHandle {
        let index = state.sockets.insert(socket)
        socket.handle = SocketHandle(index: index, generation: state.sockets.generation(of: index))
        socket.owner = state
        socket.token = token
        if socket.hasSomethingToReport { socket.signal() }
        return socket.handle
    }

    private func open(_ handle: SocketHandle) -> SimulatedSocket? {
        guard state.sockets.isLive(handle.index, handle.generation) else { return nil }
        let socket = state.sockets[handle.index]
        return socket.state == .flushing ? nil : socket
    }

    // MARK: - Sending

    package mutating func send(_ bytes: UnsafeRawBufferPointer, to socket: SocketHandle) -> Bool {
        guard let open = open(socket) else { return true }
        if open.error != nil, open.state == .open {
            guard !open.hasReportedFailure else { return true }
            open.hasReportedFailure = true
            state.ready.append((open.token, .failed(EPIPE)))
            return true
        }
        var sent = 0
        if open.state == .open, open.queue.isEmpty {
            sent = unsafe open.connection?.take(bytes) ?? 0
            if sent == bytes.count { return true }
        }
        let startsQueue = open.queue.isEmpty && open.state == .open
        unsafe open.queue.append(Array(bytes[sent...]))
        guard startsQueue, state.network.random.happens(state.network.conditions.lateCongestion) else {
            open.hidesCongestion = false
            return false
        }
        open.hidesCongestion = true
        open.signal()
        return true
    }

    package mutating func forward(_ piece: ReceivedPiece, _ range: Range<Int>, to socket: SocketHandle) -> Bool {
        unsafe send(UnsafeRawBufferPointer(rebasing: piece.bytes[range]), to: socket)
    }

    // MARK: - Waiting

    package mutating func wait(until deadline: Instant?) { state.wait(until: deadline) }

    package mutating func nextCompletion() -> Completion? { state.nextCompletion() }

    // MARK: - Facts

    package func localAddress(of socket: SocketHandle) -> SocketAddress {
        open(socket)?.localAddress ?? .unix(path: "", pid: 0)
    }

    package func peerAddress(of socket: SocketHandle) -> SocketAddress {
        open(socket)?.peerAddress ?? .unix(path: "", pid: 0)
    }

    package func peerCredentials(of socket: SocketHandle) -> PeerCredentials? {
        guard case .unix(_, let pid) = open(socket)?.peerAddress else { return nil }
        return PeerCredentials(processID: pid, userID: state.network.peerUserID)
    }
}
