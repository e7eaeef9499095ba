import CLinux

/// What the epoll engine remembers of one socket.
struct EpollSocket {
    var descriptor: Int32
    var token: SocketToken
    var state: State
    /// What the kernel has been asked to report; 0 when the socket is not registered.
    var registered: UInt32 = 0
    var isPaused = false
    /// While paused, the peer's closing is still reported.
    var watchesForClose = false
    /// The end was reported to a receiving socket: nothing more is received, but sending may go on.
    var hasReportedEnd = false
    /// The end was reported to a paused socket; it is reported again after the bytes before it.
    var hasReportedWatchedEnd = false
    /// A failure was reported; nothing follows it.
    var hasFailed = false
    /// What comes when much comes.
    var flow = BulkFlow()
    /// Does not receive for a moment, so that more gathers; the engine's list says until when.
    var isResting = false
    /// Bytes waiting for the peer to read; `nil` when all has been sent, as nearly always.
    var queue: SendQueue?

    /// Notes what the kernel is to report from now on.
    ///
    /// - Parameter exactly: no longer lets a paused socket stay registered for receiving.
    /// - Returns: what epoll must be told for it; `nil` when it reports that already.
    mutating func changeRegistration(exactly: Bool) -> (operation: Int32, events: UInt32)? {
        var wanted = neededEvents
        if !exactly, isPaused, !isResting, state == .open, !hasFailed, !hasReportedEnd {
            wanted |= registered & WEIR_EPOLLIN
            if wanted & WEIR_EPOLLIN != 0 { wanted |= WEIR_EPOLLRDHUP }
        }
        guard wanted != registered else { return nil }
        defer { registered = wanted }
        return (wanted == 0 ? EPOLL_CTL_DEL : registered == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, wanted)
    }

    /// What the kernel must report; 0 takes the socket out of epoll, because a hang-up cannot be masked and would be
    /// reported in every turn.
    private var neededEvents: UInt32 {
        @inline(__always) get {
            if hasFailed { return 0 }
            guard state == .open else { return WEIR_EPOLLOUT }
            var events: UInt32 = queue == nil ? 0 : WEIR_EPOLLOUT
            if isResting { return events }
            // A hang-up is reported whether asked for or not: named here, it keeps the socket registered for it.
            if hasReportedEnd || isPaused && hasReportedWatchedEnd { return events | WEIR_EPOLLHUP }
            if isPaused {
                if watchesForClose { events |= WEIR_EPOLLRDHUP }
            } else {
                events |= WEIR_EPOLLIN | WEIR_EPOLLRDHUP
            }
            return events
        }
    }

    enum State: UInt8 {
        case connecting
        case open
        /// Closed by its owner, sending what is left.
        case flushing
    }
}
