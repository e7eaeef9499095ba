import CLinux
import Glibc
package import MonotonicTime

/// The engine for every Linux: completions emulated with epoll.
///
/// It reads when the kernel reports a socket as readable, into one buffer shared by all sockets; it sends at once and
/// queues only what the peer has no room for. Registration is level-triggered and changed as rarely as possible: a
/// paused socket stays registered until the kernel actually reports something, because most pauses end before that. A
/// socket that receives in bulk is not registered but read at intervals (``BulkFlow``).
@safe package struct EpollEngine: DescriptorEngine, ~Copyable {
    static let receiveCapacity = 64 * 1024
    static let eventCapacity = 256
    /// The time that a socket closed with bytes still queued has to send them.
    static let flushTime: Duration = .seconds(5)
    static let acceptPause: Duration = .seconds(1)

    let epoll: Int32
    private let waking: WakeDescriptor
    private var alarm: Alarm
    let receiveBuffer: UnsafeMutableRawBufferPointer
    let events: UnsafeMutablePointer<epoll_event>
    var eventCount = 0
    private var nextEvent = 0

    var sockets = Slab<EpollSocket>(capacity: 256)
    var listeners: [Listener] = []
    /// Completions known before the kernel reported anything, oldest first.
    var ready: [Completion] = []
    private var nextReady = 0
    var flushing: [(socket: SocketHandle, until: Instant)] = []
    /// Sockets whose receiving is delayed (``BulkFlow``), in the order of `until`.
    var delayed: [(socket: SocketHandle, until: Instant)] = []

    package private(set) var now: Instant

    struct Listener {
        let id: ListenerID
        let descriptor: Int32
        /// Set while accepting is suspended because a resource ran out.
        var resumes: Instant?
    }

    // The event data of descriptors that are not connections; socket indices stay far below.
    private static let wakeKey = UInt64.max
    private static let alarmKey = UInt64.max - 1
    static let listenerKeys = UInt64.max - 1_000_000

    package init() throws(SystemError) {
        let waking = try WakeDescriptor()
        let alarm = try Alarm()
        let epoll = epoll_create1(WEIR_EPOLL_CLOEXEC)
        guard epoll >= 0 else { throw SystemError("epoll_create1") }
        self.epoll = epoll
        self.waking = waking
        self.alarm = alarm
        unsafe receiveBuffer = .allocate(byteCount: Self.receiveCapacity, alignment: 64)
        unsafe events = .allocate(capacity: Self.eventCapacity)
        now = Instant(nanoseconds: weir_monotonic_nanoseconds())
        _ = control(EPOLL_CTL_ADD, waking.descriptor, WEIR_EPOLLIN, data: Self.wakeKey)
        _ = control(EPOLL_CTL_ADD, self.alarm.descriptor, WEIR_EPOLLIN, data: Self.alarmKey)
    }

    deinit {
        for index in 0..<UInt32(sockets.endIndex) where sockets.isLive(Int(index)) {
            Glibc.close(sockets[index].descriptor)
        }
        for listener in listeners { Glibc.close(listener.descriptor) }
        Glibc.close(epoll)
        unsafe receiveBuffer.deallocate()
        unsafe events.deallocate()
    }

    package var waker: @Sendable () -> Void {
        let waking = waking
        return { waking.wake() }
    }

    // MARK: - Waiting

    package mutating func wait(until deadline: Instant?) {
        var timeout: Int64 = -1
        if nextReady < ready.count {
            timeout = 0
        } else {
            if nextReady > 0 {
                ready.removeAll(keepingCapacity: true)
                nextReady = 0
            }
            var soonest = deadline
            if !delayed.isEmpty { soonest = min(soonest ?? .never, delayed[0].until) }
            // By index, which does not retain the array.
            for index in flushing.indices { soonest = min(soonest ?? .never, flushing[index].until) }
            for index in listeners.indices {
                if let resumes = listeners[index].resumes { soonest = min(soonest ?? .never, resumes) }
            }
            // Based on the time of the last turn: a deadline is met at most one turn late, and the clock is read once.
            timeout = alarm.timeout(until: soonest, now: now) ?? -1
        }
        nextEvent = 0
        eventCount = Int(max(0, unsafe weir_epoll_wait(epoll, events, Int32(Self.eventCapacity), timeout)))
        now = Instant(nanoseconds: weir_monotonic_nanoseconds())
        if !delayed.isEmpty { endDelays() }
        if !flushing.isEmpty { endOverdueFlushes() }
        for index in listeners.indices {
            if let resumes = listeners[index].resumes, resumes <= now {
                listeners[index].resumes = nil
                registerListener(index)
            }
        }
    }

    mutating func endOverdueFlushes() {
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

    /// Handles a wake-up or the alarm, which give no completion, or a listener, whose event stays current until its
    /// backlog is empty.
    mutating func special(_ key: UInt64) -> Completion? {
        if key == Self.wakeKey {
            waking.reset()
            return nil
        }
        if key == Self.alarmKey {
            alarm.reset()
            return nil
        }
        return accept(Int(key - Self.listenerKeys))
    }

    mutating func completion(_ index: UInt32, _ mask: UInt32) -> Completion? {
        let hasEnded = mask & (WEIR_EPOLLHUP | WEIR_EPOLLERR | WEIR_EPOLLRDHUP) != 0
        if sockets[index].state == .connecting { return finishConnecting(index) }
        if mask & WEIR_EPOLLOUT != 0 || (hasEnded && sockets[index].queue != nil) {
            let drained = drain(index)
            if let drained {
                // Readable bytes are reported again in the next turn.
                return drained
            }
            guard sockets.isLive(Int(index)) else { return nil }
        }
        if sockets[index].state == .flushing {
            if mask & (WEIR_EPOLLHUP | WEIR_EPOLLERR) != 0 { release(index, discardingInput: false) }
            return nil
        }
        if sockets[index].hasReportedEnd {
            return mask & (WEIR_EPOLLHUP | WEIR_EPOLLERR) != 0 ? fail(index, goneError(index)) : nil
        }
        guard mask & WEIR_EPOLLIN != 0 || hasEnded && !sockets[index].isDelayed else { return nil }
        return sockets[index].isPaused ? completionWhilePaused(index, mask) : receive(index)
    }

    /// An event while nothing is received: from here on, at most the peer's close is registered.
    mutating func completionWhilePaused(_ index: UInt32, _ mask: UInt32) -> Completion? {
        sockets[index].isDelayed = false
        let isGone = mask & WEIR_EPOLLHUP != 0 && sockets[index].hasReportedWatchedEnd
        if mask & WEIR_EPOLLERR != 0 || isGone { return fail(index, goneError(index)) }
        let reportsEnd =
            mask & (WEIR_EPOLLHUP | WEIR_EPOLLRDHUP) != 0 && sockets[index].watchesForClose
            && !sockets[index].hasReportedWatchedEnd
        if reportsEnd { sockets[index].hasReportedWatchedEnd = true }
        register(index, exactly: true)
        return reportsEnd ? .closed(sockets[index].token) : nil
    }

    mutating func receive(_ index: UInt32) -> Completion? {
        guard !sockets[index].hasReportedEnd, !sockets[index].hasFailed else { return nil }
        while true {
            let count = unsafe recv(sockets[index].descriptor, receiveBuffer.baseAddress, receiveBuffer.count, 0)
            if count > 0 {
                if count >= BulkFlow.leastPiece || sockets[index].isDelayed { delayIfBulk(index, count) }
                let bytes = unsafe UnsafeRawBufferPointer(rebasing: receiveBuffer[..<count])
                return .received(sockets[index].token, unsafe ReceivedPiece(bytes: bytes))
            }
            if count == 0 {
                sockets[index].hasReportedEnd = true
                sockets[index].isDelayed = false
                register(index)
                return .closed(sockets[index].token)
            }
            let error = errno
            switch error {
            case EINTR: continue
            case EAGAIN:
                if sockets[index].isDelayed { delayIfBulk(index, 0) }
                return nil
            default: return fail(index, error)
            }
        }
    }

    /// Reports a failure, which is the socket's last completion.
    mutating func fail(_ index: UInt32, _ error: Int32) -> Completion? {
        guard !sockets[index].hasFailed else { return nil }
        sockets[index].hasFailed = true
        sockets[index].queue = nil
        register(index)
        return .failed(sockets[index].token, error)
    }

    mutating func finishConnecting(_ index: UInt32) -> Completion? {
        let error = pendingError(index)
        guard error == 0 else { return fail(index, error) }
        sockets[index].state = .open
        register(index)
        return .connected(sockets[index].token)
    }

    /// The error for a peer that no longer receives; a Unix socket reports none itself.
    func goneError(_ index: UInt32) -> Int32 {
        let error = pendingError(index)
        return error == 0 ? ECONNRESET : error
    }

    func pendingError(_ index: UInt32) -> Int32 { PosixSockets.pendingError(sockets[index].descriptor) }
}
