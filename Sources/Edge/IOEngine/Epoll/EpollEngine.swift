import CLinux
import Glibc
package import MonotonicTime

/// The engine for every Linux: completions emulated with epoll.
///
/// Reads when the kernel says there is something to read, into one buffer that all sockets share; sends at once and
/// queues only what the peer has no room for. Registration is level-triggered and changed as rarely as possible: a
/// paused socket stays registered until the kernel really reports something, because most pauses end before that.
@safe package struct EpollEngine: IOEngine, ~Copyable {
    static let receiveCapacity = 64 * 1024
    static let eventCapacity = 256
    /// How long a socket that was closed with bytes still queued may take to send them.
    static let flushTime: Duration = .seconds(5)
    static let acceptPause: Duration = .seconds(1)

    let epoll: Int32
    private let wakeDescriptor: Int32
    private let receiveBuffer: UnsafeMutableRawBufferPointer
    private let events: UnsafeMutablePointer<epoll_event>
    private var eventCount = 0
    private var nextEvent = 0

    var sockets = Slab<EpollSocket>(capacity: 256)
    private var listeners: [Listener] = []
    /// Completions that were known before the kernel reported anything, oldest first.
    private var ready: [Completion] = []
    private var nextReady = 0
    private var flushing: [(socket: SocketHandle, until: Instant)] = []

    package private(set) var now: Instant

    private struct Listener {
        let id: ListenerID
        let descriptor: Int32
        /// Set while accepting rests after running out of a resource.
        var resumes: Instant?
    }

    // Event data of what is not a connection; socket indices stay far below.
    private static let wakeKey = UInt64.max
    private static let listenerKeys = UInt64.max - 1_000_000

    package init() throws(SystemError) {
        let (epoll, wakeDescriptor) = try Self.makeDescriptors()
        self.epoll = epoll
        self.wakeDescriptor = wakeDescriptor
        unsafe receiveBuffer = .allocate(byteCount: Self.receiveCapacity, alignment: 64)
        unsafe events = .allocate(capacity: Self.eventCapacity)
        now = Instant(nanoseconds: weir_monotonic_nanoseconds())
        _ = control(EPOLL_CTL_ADD, wakeDescriptor, WEIR_EPOLLIN, data: Self.wakeKey)
    }

    private static func makeDescriptors() throws(SystemError) -> (epoll: Int32, wake: Int32) {
        let epoll = epoll_create1(WEIR_EPOLL_CLOEXEC)
        guard epoll >= 0 else { throw SystemError("epoll_create1") }
        let wake = eventfd(0, WEIR_EVENTFD_FLAGS)
        guard wake >= 0 else {
            Glibc.close(epoll)
            throw SystemError("eventfd")
        }
        return (epoll, wake)
    }

    deinit {
        for index in 0..<UInt32(sockets.endIndex) where sockets.isLive(Int(index)) {
            Glibc.close(sockets[index].descriptor)
        }
        for listener in listeners { Glibc.close(listener.descriptor) }
        Glibc.close(wakeDescriptor)
        Glibc.close(epoll)
        unsafe receiveBuffer.deallocate()
        unsafe events.deallocate()
    }

    package var waker: @Sendable () -> Void {
        let descriptor = wakeDescriptor
        return {
            var one: UInt64 = 1
            _ = unsafe Glibc.write(descriptor, &one, 8)
        }
    }

    // MARK: - Listening

    package mutating func listen(on socket: DetachedSocket, listener: ListenerID) {
        listeners.append(Listener(id: listener, descriptor: socket.rawValue, resumes: nil))
        registerListener(listeners.count - 1)
    }

    package mutating func stopListening(_ listener: ListenerID) {
        for index in listeners.indices.reversed() where listeners[index].id == listener {
            Glibc.close(listeners[index].descriptor)
            listeners.remove(at: index)
        }
        // The others' positions are their event keys.
        for index in listeners.indices where listeners[index].resumes == nil {
            _ = control(EPOLL_CTL_DEL, listeners[index].descriptor, 0, data: 0)
            registerListener(index)
        }
    }

    private func registerListener(_ index: Int) {
        _ = control(
            EPOLL_CTL_ADD, listeners[index].descriptor, WEIR_EPOLLIN, data: Self.listenerKeys + UInt64(index))
    }

    private mutating func accept(_ index: Int) -> Completion? {
        guard listeners.indices.contains(index), listeners[index].resumes == nil else { return nil }
        let listener = listeners[index]
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let descriptor = unsafe weir_accept(listener.descriptor, &storage, &length)
        if descriptor >= 0 {
            return .accepted(
                listener: listener.id, socket: DetachedSocket(rawValue: descriptor), peer: SocketAddress(storage))
        }
        let error = errno
        switch error {
        case EAGAIN, EINTR, ECONNABORTED: return nil
        default:
            // Out of descriptors or memory: the connection stays in the backlog, asking again at once would spin.
            _ = control(EPOLL_CTL_DEL, listener.descriptor, 0, data: 0)
            listeners[index].resumes = now + Self.acceptPause
            return .acceptFailed(listener: listener.id, error: error)
        }
    }

    // MARK: - Sockets

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
            // A connection that stands at once, as Unix sockets' do, is reported by epoll like any other.
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
        release(socket.index, discardingInput: keepsSending)
    }

    /// - Parameter discardingInput: a socket closed with unread bytes is reset, and the peer may lose the error message
    ///   just sent to it; what it goes on sending is read a few times at the most.
    private mutating func release(_ index: UInt32, discardingInput: Bool) {
        let descriptor = sockets.remove(index).descriptor
        var rounds = discardingInput ? 16 : 0
        while rounds > 0 {
            let count = unsafe recv(descriptor, receiveBuffer.baseAddress, receiveBuffer.count, WEIR_RECEIVE_FLAGS)
            rounds = count > 0 ? rounds - 1 : 0
        }
        Glibc.close(descriptor)
    }

    private mutating func insert(_ socket: EpollSocket) -> SocketHandle {
        let index = sockets.insert(socket)
        register(index)
        return SocketHandle(index: index, generation: sockets.generation(of: index))
    }

    private func isOpen(_ socket: SocketHandle) -> Bool {
        sockets.isLive(socket.index, socket.generation) && sockets[socket.index].state != .flushing
    }

    // MARK: - Sending

    package mutating func send(_ bytes: UnsafeRawBufferPointer, to socket: SocketHandle) -> Bool {
        guard isOpen(socket) else { return true }
        return unsafe send(bytes, index: socket.index)
    }

    package mutating func forward(_ piece: ReceivedPiece, _ range: Range<Int>, to socket: SocketHandle) -> Bool {
        guard isOpen(socket) else { return true }
        return unsafe send(UnsafeRawBufferPointer(rebasing: piece.bytes[range]), index: socket.index)
    }

    private mutating func send(_ bytes: UnsafeRawBufferPointer, index: UInt32) -> Bool {
        if sockets[index].hasFailed { return true }
        var sent = 0
        if sockets[index].queue == nil, sockets[index].state == .open {
            sent = unsafe trySend(bytes, index: index)
            if sent < 0 { return true }
            if sent == bytes.count { return true }
        }
        let queue = sockets[index].queue ?? SendQueue()
        unsafe queue.append(UnsafeRawBufferPointer(rebasing: bytes[sent...]))
        sockets[index].queue = queue
        register(index)
        return false
    }

    /// - Returns: bytes taken, or −1 when the socket is broken, which is reported as a completion of its own.
    private mutating func trySend(_ bytes: UnsafeRawBufferPointer, index: UInt32) -> Int {
        while true {
            let count = unsafe Glibc.send(sockets[index].descriptor, bytes.baseAddress, bytes.count, WEIR_SEND_FLAGS)
            if count >= 0 { return count }
            switch errno {
            case EINTR: continue
            case EAGAIN: return 0
            default:
                let error = errno
                if sockets[index].state != .flushing, let failure = fail(index, error) { ready.append(failure) }
                return -1
            }
        }
    }

    private mutating func drain(_ index: UInt32) -> Completion? {
        guard let queue = sockets[index].queue else { return nil }
        var isBroken = false
        var isBlocked = false
        while !queue.isEmpty, !isBlocked, !isBroken {
            unsafe queue.send { bytes in
                let count = unsafe trySend(bytes, index: index)
                isBroken = count < 0
                isBlocked = count >= 0 && count < bytes.count
                return max(0, count)
            }
        }
        guard queue.isEmpty || isBroken else { return nil }
        if sockets[index].state == .flushing {
            release(index, discardingInput: !isBroken)
            return nil
        }
        sockets[index].queue = nil
        register(index)
        return isBroken ? nil : .drained(sockets[index].token)
    }

    // MARK: - Waiting

    package mutating func wait(until deadline: Instant?) {
        var timeout: Int64 = -1
        if nextReady < ready.count {
            timeout = 0
        } else {
            ready.removeAll(keepingCapacity: true)
            nextReady = 0
            var soonest = deadline
            for entry in flushing { soonest = min(soonest ?? entry.until, entry.until) }
            for listener in listeners {
                if let resumes = listener.resumes { soonest = min(soonest ?? resumes, resumes) }
            }
            if let soonest { timeout = max(0, soonest.nanoseconds - weir_monotonic_nanoseconds()) }
        }
        nextEvent = 0
        eventCount = Int(max(0, unsafe weir_epoll_wait(epoll, events, Int32(Self.eventCapacity), timeout)))
        now = Instant(nanoseconds: weir_monotonic_nanoseconds())
        if !flushing.isEmpty { endOverdueFlushes() }
        for index in listeners.indices {
            if let resumes = listeners[index].resumes, resumes <= now {
                listeners[index].resumes = nil
                registerListener(index)
            }
        }
    }

    private mutating func endOverdueFlushes() {
        let now = now
        flushing.removeAll { entry in
            guard sockets.isLive(entry.socket.index, entry.socket.generation) else { return true }
            guard entry.until <= now else { return false }
            Glibc.close(sockets.remove(entry.socket.index).descriptor)
            return true
        }
    }

    package mutating func nextCompletion() -> Completion? {
        while true {
            if nextReady < ready.count {
                nextReady += 1
                return ready[nextReady - 1]
            }
            guard nextEvent < eventCount else { return nil }
            let mask = unsafe events[nextEvent].events
            let key = unsafe events[nextEvent].data.u64
            if key >= Self.listenerKeys {
                if let completion = special(key) { return completion }
                nextEvent += 1
                continue
            }
            nextEvent += 1
            let index = UInt32(truncatingIfNeeded: key)
            guard sockets.isLive(index, UInt32(truncatingIfNeeded: key >> 32)) else { continue }
            if let completion = completion(index, mask) { return completion }
        }
    }

    /// A wake-up gives nothing; a listener is asked again until its backlog is empty, so its event stays current.
    private mutating func special(_ key: UInt64) -> Completion? {
        if key == Self.wakeKey {
            var count: UInt64 = 0
            _ = unsafe Glibc.read(wakeDescriptor, &count, 8)
            return nil
        }
        return accept(Int(key - Self.listenerKeys))
    }

    private mutating func completion(_ index: UInt32, _ mask: UInt32) -> Completion? {
        let hasEnded = mask & (WEIR_EPOLLHUP | WEIR_EPOLLERR | WEIR_EPOLLRDHUP) != 0
        if sockets[index].state == .connecting { return finishConnecting(index) }
        if mask & WEIR_EPOLLOUT != 0 || (hasEnded && sockets[index].queue != nil) {
            let drained = drain(index)
            if let drained {
                // What there is to read is reported again in the next turn.
                return drained
            }
            guard sockets.isLive(Int(index)) else { return nil }
        }
        if sockets[index].state == .flushing {
            if mask & (WEIR_EPOLLHUP | WEIR_EPOLLERR) != 0 { release(index, discardingInput: false) }
            return nil
        }
        guard mask & WEIR_EPOLLIN != 0 || hasEnded else { return nil }
        return sockets[index].isPaused ? completionWhilePaused(index, mask) : receive(index)
    }

    /// Something came while nothing is received: from here on, the kernel is asked for the peer's closing at the most.
    private mutating func completionWhilePaused(_ index: UInt32, _ mask: UInt32) -> Completion? {
        if mask & WEIR_EPOLLERR != 0 { return fail(index, pendingError(index)) }
        let reportsEnd =
            mask & (WEIR_EPOLLHUP | WEIR_EPOLLRDHUP) != 0 && sockets[index].watchesForClose
            && !sockets[index].hasReportedWatchedEnd
        if reportsEnd { sockets[index].hasReportedWatchedEnd = true }
        register(index, exactly: true)
        return reportsEnd ? .closed(sockets[index].token) : nil
    }

    private mutating func receive(_ index: UInt32) -> Completion? {
        guard !sockets[index].hasReportedEnd, !sockets[index].hasFailed else { return nil }
        while true {
            let count = unsafe recv(sockets[index].descriptor, receiveBuffer.baseAddress, receiveBuffer.count, 0)
            if count > 0 {
                let bytes = unsafe UnsafeRawBufferPointer(rebasing: receiveBuffer[..<count])
                return .received(sockets[index].token, unsafe ReceivedPiece(bytes: bytes))
            }
            if count == 0 {
                sockets[index].hasReportedEnd = true
                register(index)
                return .closed(sockets[index].token)
            }
            let error = errno
            switch error {
            case EINTR: continue
            case EAGAIN: return nil
            default: return fail(index, error)
            }
        }
    }

    /// The first failure of a socket is its last completion.
    private mutating func fail(_ index: UInt32, _ error: Int32) -> Completion? {
        guard !sockets[index].hasFailed else { return nil }
        sockets[index].hasFailed = true
        sockets[index].queue = nil
        register(index)
        return .failed(sockets[index].token, error)
    }

    private mutating func finishConnecting(_ index: UInt32) -> Completion? {
        let error = pendingError(index)
        guard error == 0 else { return fail(index, error) }
        sockets[index].state = .open
        register(index)
        return .connected(sockets[index].token)
    }

    private func pendingError(_ index: UInt32) -> Int32 {
        var error: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        _ = unsafe getsockopt(sockets[index].descriptor, SOL_SOCKET, SO_ERROR, &error, &length)
        return error
    }

    // MARK: - Registration

    /// Asks the kernel for what the socket's state needs, if that is not what it reports already.
    ///
    /// - Parameter exactly: no longer lets a paused socket stay registered for receiving.
    private mutating func register(_ index: UInt32, exactly: Bool = false) {
        let socket = sockets[index]
        var wanted = socket.neededEvents
        if !exactly, socket.isPaused, socket.state == .open, !socket.hasFailed, !socket.hasReportedEnd {
            wanted |= socket.registered & WEIR_EPOLLIN
            if wanted & WEIR_EPOLLIN != 0 { wanted |= WEIR_EPOLLRDHUP }
        }
        guard wanted != socket.registered else { return }
        let operation = wanted == 0 ? EPOLL_CTL_DEL : socket.registered == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD
        sockets[index].registered = wanted
        let key = UInt64(sockets.generation(of: index)) << 32 | UInt64(index)
        guard control(operation, socket.descriptor, wanted, data: key) != 0 else { return }
        let error = errno
        sockets[index].registered = 0
        if !socket.hasFailed {
            sockets[index].hasFailed = true
            ready.append(.failed(socket.token, error))
        }
    }

    private func control(_ operation: Int32, _ descriptor: Int32, _ mask: UInt32, data: UInt64) -> Int32 {
        var event = unsafe epoll_event()
        unsafe event.events = mask
        unsafe event.data.u64 = data
        return unsafe epoll_ctl(epoll, operation, descriptor, &event)
    }

    // MARK: - Facts

    package mutating func setOptions(_ options: SocketOptions, of socket: SocketHandle) {
        guard isOpen(socket) else { return }
        PosixSockets.apply(options, to: sockets[socket.index].descriptor, address: localAddress(of: socket))
    }

    package func peerCredentials(of socket: SocketHandle) -> PeerCredentials? {
        guard isOpen(socket) else { return nil }
        return PosixSockets.peerCredentials(of: sockets[socket.index].descriptor)
    }

    package func localAddress(of socket: SocketHandle) -> SocketAddress {
        guard sockets.isLive(socket.index, socket.generation) else { return .unix(path: "", pid: 0) }
        return unsafe Self.address(sockets[socket.index].descriptor, of: getsockname)
    }

    package func peerAddress(of socket: SocketHandle) -> SocketAddress {
        guard sockets.isLive(socket.index, socket.generation) else { return .unix(path: "", pid: 0) }
        return unsafe Self.address(sockets[socket.index].descriptor, of: getpeername)
    }

    private static func address(
        _ descriptor: Int32, of ask: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> SocketAddress {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        _ = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe ask(descriptor, $0, &length) }
        }
        return SocketAddress(storage)
    }
}
