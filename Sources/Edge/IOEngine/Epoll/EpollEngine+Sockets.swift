import CLinux
import Glibc
import MonotonicTime

/// Attaches, opens, pauses and closes sockets, and registers them with epoll.
extension EpollEngine {
    package mutating func attach(_ socket: DetachedSocket, token: SocketToken) -> SocketHandle {
        insert(EpollSocket(descriptor: socket.rawValue, token: token, state: .open))
    }

    package mutating func detach(_ socket: SocketHandle) -> DetachedSocket? {
        guard isOpen(socket), sockets[socket.index].state == .open, sockets[socket.index].queue == nil else {
            return nil
        }
        let removed = sockets.remove(socket.index)
        if removed.registered != 0 { _ = control(EPOLL_CTL_DEL, removed.descriptor, 0, data: 0) }
        return DetachedSocket(rawValue: removed.descriptor)
    }

    package mutating func connect(
        to address: SocketAddress, options: SocketOptions, token: SocketToken
    ) -> SocketHandle {
        do {
            // A connection that is established at once, as on Unix sockets, is reported by epoll like any other.
            let descriptor = try PosixSockets.connect(to: address, options: options)
            return insert(EpollSocket(descriptor: descriptor, token: token, state: .connecting))
        } catch {
            ready.append(.failed(token, error.number))
            return .none
        }
    }

    package mutating func setToken(_ token: SocketToken, of socket: SocketHandle) {
        guard isOpen(socket) else { return }
        sockets[socket.index].token = token
    }

    package mutating func pause(_ socket: SocketHandle, watchingForClose: Bool) {
        guard isOpen(socket) else { return }
        sockets[socket.index].isPaused = true
        sockets[socket.index].watchesForClose = watchingForClose
        if watchingForClose { register(socket.index) }
    }

    package mutating func resume(_ socket: SocketHandle) {
        guard isOpen(socket), sockets[socket.index].isPaused else { return }
        sockets[socket.index].isPaused = false
        sockets[socket.index].hasReportedWatchedEnd = false
        register(socket.index)
    }

    package mutating func close(_ socket: SocketHandle, flushing keepsSending: Bool) {
        guard isOpen(socket) else { return }
        if keepsSending, sockets[socket.index].queue != nil {
            sockets[socket.index].state = .flushing
            sockets[socket.index].isPaused = true
            sockets[socket.index].watchesForClose = false
            register(socket.index)
            flushing.append((socket, now + Self.flushTime))
            return
        }
        release(socket.index, discardingInput: keepsSending && !sockets[socket.index].hasReportedEnd)
    }

    /// - Parameter discardingInput: reads a few times first. A socket closed with unread bytes sends a reset, and the
    ///   peer may lose the error message just sent to it.
    mutating func release(_ index: UInt32, discardingInput: Bool) {
        let descriptor = sockets.remove(index).descriptor
        if discardingInput { PosixSockets.discardInput(descriptor) }
        Glibc.close(descriptor)
    }

    mutating func insert(_ socket: EpollSocket) -> SocketHandle {
        let index = sockets.insert(socket)
        register(index)
        return SocketHandle(index: index, generation: sockets.generation(of: index))
    }

    package func isOpen(_ socket: SocketHandle) -> Bool {
        sockets.isLive(socket.index, socket.generation) && sockets[socket.index].state != .flushing
    }

    package func descriptor(of socket: SocketHandle) -> Int32? {
        sockets.isLive(socket.index, socket.generation) ? sockets[socket.index].descriptor : nil
    }

    // MARK: - Registration

    /// Registers the socket for the events that its state needs, unless they are registered already.
    ///
    /// - Parameter exactly: whether a paused socket must not stay registered for receiving.
    mutating func register(_ index: UInt32, exactly: Bool = false) {
        guard let (operation, wanted) = sockets[index].changeRegistration(exactly: exactly) else { return }
        let key = UInt64(sockets.generation(of: index)) << 32 | UInt64(index)
        guard control(operation, sockets[index].descriptor, wanted, data: key) != 0 else { return }
        let error = errno
        sockets[index].registered = 0
        if !sockets[index].hasFailed {
            sockets[index].hasFailed = true
            ready.append(.failed(sockets[index].token, error))
        }
    }

    func control(_ operation: Int32, _ descriptor: Int32, _ mask: UInt32, data: UInt64) -> Int32 {
        var event = unsafe epoll_event()
        unsafe event.events = mask
        unsafe event.data.u64 = data
        return unsafe epoll_ctl(epoll, operation, descriptor, &event)
    }
}
