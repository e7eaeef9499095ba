import CLinux
import Glibc
package import MonotonicTime

/// The engine on io_uring: one system call per turn submits everything and waits.
///
/// It needs Linux 6.1. A multishot receive lasts as long as the connection, with buffers that the kernel picks as bytes
/// arrive; a socket that receives in bulk uses one large buffer at a time, with a delay in between (``BulkFlow``).
/// Sends are collected until the end of the turn, one per socket, and completed during the submission. So the kernel
/// refers to no memory beyond a turn, except the free receive buffers.
///
/// Pausing costs nothing: the kernel continues to receive until bytes arrive that must be held. Only then is the
/// receive canceled.
@safe package struct UringEngine: DescriptorEngine, ~Copyable {
    /// The number of bytes for one socket in one turn above which the sender is paused.
    static let turnLimit = 1 << 20
    /// The time that a socket closed with bytes still queued has to send them.
    static let flushTime: Duration = .seconds(5)
    static let acceptPause: Duration = .seconds(1)

    // The ring is closed before its buffers are freed: fields are destroyed in this order.
    let ring: Ring
    var small: BufferGroup
    var bulk: BufferGroup
    private let waking: WakeDescriptor
    private var alarm: Alarm

    var sockets = Slab<UringSocket>(capacity: 256)
    /// Sockets whose state has changed in this turn.
    var due: [SocketHandle] = []
    var sending: [SocketHandle] = []
    var parts: [OutgoingPart] = []
    var arena = TurnArena()

    var listeners: [Listener] = []
    var listenerCount: UInt32 = 0
    var flushing: [(socket: SocketHandle, until: Instant)] = []
    /// Sockets whose receiving is delayed (``BulkFlow``), in the order of `until`.
    var delayed: [(socket: SocketHandle, until: Instant)] = []

    /// Completions known before the kernel reported anything, oldest first.
    var ready: [Completion] = []
    private var nextReady = 0
    /// Sockets that were resumed with held input.
    var resumed: [SocketHandle] = []
    private var nextResumed = 0
    var outcomes: [Ring.Outcome] = []
    var nextOutcome = 0

    /// The buffer of the piece being handled, and those whose bytes are sent at the end of the turn.
    var lent: ReceiveBuffer?
    var isLentForwarded = false
    var forwarded: [ReceiveBuffer] = []
    /// The bytes of a held piece while it is handled.
    var lentBytes: UnsafeMutableRawBufferPointer?

    package private(set) var now: Instant

    struct Listener {
        let id: ListenerID
        let descriptor: Int32
        /// Unique for each listener: the slot in its operations' tags.
        let number: UInt32
        var isAccepting = false
        /// Set while accepting is suspended because a resource ran out.
        var resumes: Instant?
    }

    /// Identifies a receive buffer of either size.
    struct ReceiveBuffer: Equatable {
        let rawValue: UInt16
        var isBulk: Bool { rawValue & 0x8000 != 0 }
        var number: UInt16 { rawValue & 0x7fff }

        init(_ number: UInt16, isBulk: Bool) { rawValue = number | (isBulk ? 0x8000 : 0) }
    }

    /// - Throws: ``SystemError`` if the kernel lacks a required feature, or the process may not use io_uring.
    package init() throws(SystemError) {
        let ring = try Ring()
        // 4 KiB hold most requests and answers. 64 of them fit in a processor's cache; bursts add more.
        let small = try BufferGroup(0, size: 4 * 1024, most: 256, initial: 64, on: ring)
        let bulk = try BufferGroup(1, size: 64 * 1024, most: 16, initial: 8, on: ring)
        let waking = try WakeDescriptor()
        let alarm = try Alarm()
        self.ring = ring
        self.small = small
        self.bulk = bulk
        self.waking = waking
        self.alarm = alarm
        now = Instant(nanoseconds: weir_monotonic_nanoseconds())
        watchForWaking()
        watchAlarm()
    }

    deinit {
        for index in 0..<UInt32(sockets.endIndex) where sockets.isLive(Int(index)) {
            Glibc.close(sockets[index].descriptor)
        }
        for listener in listeners { Glibc.close(listener.descriptor) }
        unsafe lentBytes?.deallocate()
    }

    package var waker: @Sendable () -> Void {
        let waking = waking
        return { waking.wake() }
    }

    private func watchForWaking() {
        ring.pollMultishot(waking.descriptor, WEIR_EPOLLIN, OperationTag(.wake))
    }

    private func watchAlarm() {
        ring.pollMultishot(alarm.descriptor, WEIR_EPOLLIN, OperationTag(.alarm))
    }

    // MARK: - Waiting

    package mutating func wait(until deadline: Instant?) {
        endPiece()
        ready.removeSubrange(..<nextReady)
        nextReady = 0
        resumed.removeSubrange(..<nextResumed)
        nextResumed = 0
        outcomes.removeAll(keepingCapacity: true)
        nextOutcome = 0

        endDelays()
        submitDue()
        if !ready.isEmpty || !resumed.isEmpty || ring.hasCompletions {
            ring.submitAndLook()
        } else if let timeout = alarm.timeout(until: soonest(deadline), now: now) {
            // A time-out of nothing would take the processor from the thread and give it back.
            if timeout > 0 { ring.submitAndWait(nanoseconds: timeout) } else { ring.submitAndLook() }
        } else {
            ring.submitAndWait()
        }
        ring.submitRest()
        now = Instant(nanoseconds: weir_monotonic_nanoseconds())
        collect()
        finishSending()
        if !flushing.isEmpty { endOverdueFlushes() }
        for index in listeners.indices {
            if let resumes = listeners[index].resumes, resumes <= now {
                listeners[index].resumes = nil
                accept(index)
            }
        }
    }

    private func soonest(_ deadline: Instant?) -> Instant? {
        var soonest = deadline
        if let delay = delayed.first { soonest = min(soonest ?? delay.until, delay.until) }
        for entry in flushing { soonest = min(soonest ?? entry.until, entry.until) }
        for listener in listeners {
            if let resumes = listener.resumes { soonest = min(soonest ?? resumes, resumes) }
        }
        return soonest
    }

    /// Failed sends are handled immediately: the memory of the others is about to be reused.
    private mutating func collect() {
        while !ring.collect(into: &outcomes) {}
        guard !sending.isEmpty else { return }
        for position in outcomes.indices where outcomes[position].tag.kind == .send {
            sendFellShort(outcomes[position])
        }
    }

    /// Starts the operations for the sockets that changed in this turn.
    private mutating func submitDue() {
        for handle in due where sockets.isLive(handle.index, handle.generation) {
            sockets[handle.index].isDue = false
            if sockets[handle.index].outgoing.count > 0 {
                sending.append(handle)
                submitOutgoing(handle)
            }
            adjustReceiving(handle)
            adjustPoll(handle)
        }
        due.removeAll(keepingCapacity: true)
    }

    /// Marks a socket to be handled at the end of the turn.
    mutating func makeDue(_ index: UInt32) {
        guard !sockets[index].isDue else { return }
        sockets[index].isDue = true
        due.append(handle(index))
    }

    func handle(_ index: UInt32) -> SocketHandle {
        SocketHandle(index: index, generation: sockets.generation(of: index))
    }

    private mutating func endOverdueFlushes() {
        let now = now
        for entry in flushing where entry.until <= now {
            guard sockets.isLive(entry.socket.index, entry.socket.generation) else { continue }
            release(entry.socket.index, discardingInput: false)
        }
        flushing.removeAll { entry in !sockets.isLive(entry.socket.index, entry.socket.generation) }
    }

    // MARK: - Completions

    package mutating func nextCompletion() -> Completion? {
        endPiece()
        while true {
            if nextReady < ready.count {
                nextReady += 1
                return ready[nextReady - 1]
            }
            if nextResumed < resumed.count {
                nextResumed += 1
                if let completion = completionAfterResuming(resumed[nextResumed - 1]) { return completion }
                continue
            }
            guard nextOutcome < outcomes.count else { return nil }
            nextOutcome += 1
            if let completion = completion(outcomes[nextOutcome - 1]) { return completion }
        }
    }

    private mutating func completion(_ outcome: Ring.Outcome) -> Completion? {
        switch outcome.tag.kind {
        case .receive, .receiveBulk: return received(outcome)
        case .poll: return polled(outcome)
        case .accept: return accepted(outcome)
        case .wake:
            waking.reset()
            if !outcome.hasMore { watchForWaking() }
            return nil
        case .alarm:
            alarm.reset()
            if !outcome.hasMore { watchAlarm() }
            return nil
        case .send, .cancel: return nil
        }
    }

    /// Reports a failure, which is the socket's last completion.
    mutating func fail(_ index: UInt32, _ error: Int32) -> Completion? {
        guard !sockets[index].hasFailed else { return nil }
        sockets[index].hasFailed = true
        sockets[index].queue = nil
        sockets[index].held = nil
        makeDue(index)
        return .failed(sockets[index].token, error)
    }
}
