import Glibc

extension SimulatedEngineState {
    /// Finds the socket's next completion, as the epoll engine would.
    func find(_ socket: SimulatedSocket) -> FoundCompletion? {
        switch socket.state {
        case .closed: return nil
        case .connecting: return fail(socket)
        case .connected:
            socket.state = .open
            socket.roomAppeared()
            return .connected
        case .flushing:
            if socket.error != nil || push(socket) { release(socket, abruptly: false) }
            return nil
        case .open: break
        }
        if socket.hidesCongestion, !socket.queue.isEmpty, socket.error == nil {
            socket.hidesCongestion = false
            // There may be room already, which the next turn finds.
            socket.signal()
            return .congested
        }
        if !socket.queue.isEmpty, socket.error == nil, push(socket) { return .drained }
        if socket.isPaused {
            if socket.error != nil { return socket.hasSomethingToReport ? fail(socket) : nil }
            guard socket.watchesForClose, socket.hasEnded, !socket.hasReportedWatchedEnd else { return nil }
            socket.hasReportedWatchedEnd = true
            return .closed
        }
        if !socket.arrived.isEmpty, !socket.hasReportedFailure {
            let bytes = socket.arrived.take(network.random.length(upTo: network.conditions.pieceBytes))
            socket.connection?.pump()
            return .received(bytes)
        }
        if socket.error != nil { return fail(socket) }
        guard socket.hasEnded, !socket.hasReportedEnd else { return nil }
        socket.hasReportedEnd = true
        return .closed
    }

    private func fail(_ socket: SimulatedSocket) -> FoundCompletion? {
        guard let error = socket.error, !socket.hasReportedFailure else { return nil }
        socket.hasReportedFailure = true
        socket.queue.removeAll()
        return .failed(error)
    }

    /// Sends queued bytes; true if none are left.
    private func push(_ socket: SimulatedSocket) -> Bool {
        guard let connection = socket.connection else { return false }
        while !socket.queue.isEmpty, connection.room > 0 {
            let bytes = socket.queue.peek(connection.room)
            let taken = unsafe bytes.withUnsafeBytes { unsafe connection.take($0) }
            _ = socket.queue.take(taken)
            if taken < bytes.count { return false }
        }
        return socket.queue.isEmpty
    }

    /// Ends the engine, which gets no more turns.
    func endEverything() {
        isGone = true
        deadline = nil
        for index in 0..<UInt32(sockets.endIndex) where sockets.isLive(Int(index)) {
            release(sockets[index], abruptly: true)
        }
        for listening in listeners { listening.listener.remove(self, id: listening.id) }
        listeners = []
    }

    /// Returns a socket to the network.
    func release(_ socket: SimulatedSocket, abruptly: Bool) {
        if sockets.isLive(socket.handle.index, socket.handle.generation) { sockets.remove(socket.handle.index) }
        socket.state = .closed
        socket.owner = nil
        network.forget(socket)
        if let connection = socket.connection, connection.isEstablished, socket.error == nil {
            connection.socketClosed(abruptly: abruptly)
        }
    }
}
