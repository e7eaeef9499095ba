import Glibc
package import MonotonicTime

/// The engine for tests: virtual sockets on a ``SimulatedNetwork``, virtual time, chance from one seed.
///
/// It keeps the epoll engine's contract, and makes everything that may happen happen more often: pieces torn anywhere,
/// short sends, late reports, stale completions. ``wait(until:)`` never blocks; the network gives the worker its turns.
package struct SimulatedEngine: IOEngine, ~Copyable {
    private let workplace: SimulatedWorkplace

    /// The network's next engine.
    package init(on network: SimulatedNetwork) { workplace = SimulatedWorkplace(network) }

    /// Closes everything, as the end of a process does.
    deinit { workplace.endEverything() }

    package var now: Instant { workplace.now }

    package var waker: @Sendable () -> Void {
        let wake = workplace.wake
        return { wake.set() }
    }

    // MARK: - Listening

    package mutating func listen(on socket: DetachedSocket, listener: ListenerID) {
        guard let listening = workplace.network.listener(socket.rawValue) else {
            preconditionFailure("not a listening socket of this network")
        }
        workplace.listeners.append(SimulatedWorkplace.Listening(listener: listening, id: listener))
        listening.add(workplace, id: listener)
    }

    package mutating func stopListening(_ listener: ListenerID) {
        for index in workplace.listeners.indices.reversed() where workplace.listeners[index].id == listener {
            workplace.listeners.remove(at: index).listener.remove(workplace, id: listener)
        }
    }

    // MARK: - Sockets

    package mutating func attach(_ socket: DetachedSocket, token: SocketToken) -> SocketHandle {
        guard let detached = workplace.network.socket(socket.rawValue), detached.owner == nil else {
            preconditionFailure("not a detached socket of this network")
        }
        return insert(detached, token: token)
    }

    package mutating func detach(_ socket: SocketHandle) -> DetachedSocket? {
        guard let open = open(socket), open.state == .open, open.queue.isEmpty else { return nil }
        workplace.sockets.remove(socket.index)
        workplace.signalled.removeAll { $0 === open }
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
        switch workplace.network.open(address) {
        case .success(let socket): return insert(socket, token: token)
        case .failure(let error):
            workplace.ready.append((token, .failed(error.number)))
            return .none
        }
    }

    package mutating func setToken(_ token: SocketToken, of socket: SocketHandle) { open(socket)?.token = token }

    package mutating func pause(_ socket: SocketHandle, watchingForClose: Bool) {
        guard let socket = open(socket) else { return }
        socket.isPaused = true
        socket.watchesForClose = watchingForClose
        if socket.hasNews { socket.signal() }
    }

    package mutating func resume(_ socket: SocketHandle) {
        guard let socket = open(socket), socket.isPaused else { return }
        socket.isPaused = false
        socket.hasReportedWatchedEnd = false
        if socket.hasNews { socket.signal() }
    }

    package mutating func close(_ socket: SocketHandle, flushing: Bool) {
        guard let open = open(socket) else { return }
        workplace.keepStaleCompletion(of: open)
        if flushing, !open.queue.isEmpty, open.error == nil {
            open.state = .flushing
            workplace.network.inBackground(after: SimulatedWorkplace.flushTime) { [workplace] in
                if open.state == .flushing { workplace.release(open, abruptly: true) }
            }
            return
        }
        workplace.release(open, abruptly: !flushing && !open.arrived.isEmpty)
    }

    private mutating func insert(_ socket: SimulatedSocket, token: SocketToken) -> SocketHandle {
        let index = workplace.sockets.insert(socket)
        socket.handle = SocketHandle(index: index, generation: workplace.sockets.generation(of: index))
        socket.owner = workplace
        socket.token = token
        if socket.hasNews { socket.signal() }
        return socket.handle
    }

    private func open(_ handle: SocketHandle) -> SimulatedSocket? {
        guard workplace.sockets.isLive(handle.index, handle.generation) else { return nil }
        let socket = workplace.sockets[handle.index]
        return socket.state == .flushing ? nil : socket
    }

    // MARK: - Sending

    package mutating func send(_ bytes: UnsafeRawBufferPointer, to socket: SocketHandle) -> Bool {
        guard let open = open(socket) else { return true }
        if open.error != nil, open.state == .open {
            guard !open.hasReportedFailure else { return true }
            open.hasReportedFailure = true
            workplace.ready.append((open.token, .failed(EPIPE)))
            return true
        }
        var sent = 0
        if open.state == .open, open.queue.isEmpty {
            sent = unsafe open.connection?.take(bytes) ?? 0
            if sent == bytes.count { return true }
        }
        let isNews = open.queue.isEmpty && open.state == .open
        unsafe open.queue.append(Array(bytes[sent...]))
        guard isNews, workplace.network.random.happens(workplace.network.conditions.lateCongestion) else {
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

    package mutating func wait(until deadline: Instant?) { workplace.wait(until: deadline) }

    package mutating func nextCompletion() -> Completion? { workplace.nextCompletion() }

    // MARK: - Facts

    package func localAddress(of socket: SocketHandle) -> SocketAddress {
        open(socket)?.localAddress ?? .unix(path: "", pid: 0)
    }

    package func peerAddress(of socket: SocketHandle) -> SocketAddress {
        open(socket)?.peerAddress ?? .unix(path: "", pid: 0)
    }

    package func peerCredentials(of socket: SocketHandle) -> PeerCredentials? {
        guard case .unix(_, let pid) = open(socket)?.peerAddress else { return nil }
        return PeerCredentials(processID: pid, userID: workplace.network.peerUserID)
    }
}
