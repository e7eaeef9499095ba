import CLinux

/// The epoll engine's state of one socket.
struct EpollSocket {
    var descriptor: Int32
    var token: SocketToken
    var state: State
    /// The registered events; 0 if the socket is not registered.
    var registered: UInt32 = 0
    var isPaused = false
    /// Whether the peer's close is still reported while paused.
    var watchesForClose = false
    /// Whether the end was reported to a receiving socket: nothing more is received, but sending is still possible.
    var hasReportedEnd = false
    /// Whether the end was reported to a paused socket; it is reported again after the bytes before it.
    var hasReportedWatchedEnd = false
    /// Whether a failure was reported; nothing follows it.
    var hasFailed = false
    /// Tracks bulk data.
    var flow = BulkFlow()
    /// Whether receiving is delayed, so that more bytes accumulate; the engine's list contains the end of the delay.
    var isDelayed = false
    /// The bytes waiting for the peer to read; `nil` if all have been sent, as nearly always.
    var queue: SendQueue?

    /// Updates the registered events.
    ///
    /// - Parameter exactly: whether a paused socket must not stay registered for receiving.
    /// - Returns: the change to make in epoll; `nil` if there is none.
    mutating func changeRegistration(exactly: Bool) -> (operation: Int32, events: UInt32)? {
        var wanted = neededEvents
        if !exactly, isPaused, !isDelayed, state == .open, !hasFailed, !hasReportedEnd {
            wanted |= registered & WEIR_EPOLLIN
            if wanted & WEIR_EPOLLIN != 0 { wanted |= WEIR_EPOLLRDHUP }
        }
        guard wanted != registered else { return nil }
        defer { registered = wanted }
        return (wanted == 0 ? EPOLL_CTL_DEL : registered == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, wanted)
    }

    /// The events that must be reported. 0 removes the socket from epoll, because a hang-up cannot be masked and would
    /// be reported in every turn.
    private var neededEvents: UInt32 {
        @inline(__always) get {
            if hasFailed { return 0 }
            guard state == .open else { return WEIR_EPOLLOUT }
            var events: UInt32 = queue == nil ? 0 : WEIR_EPOLLOUT
            if isDelayed { return events }
            // epoll always reports a hang-up; requesting it keeps the socket registered.
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
        /// Closed by its owner, still sending queued bytes.
        case flushing
    }
}
