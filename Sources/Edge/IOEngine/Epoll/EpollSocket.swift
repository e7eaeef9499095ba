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
    /// Bytes waiting for the peer to read; `nil` when all has been sent, as nearly always.
    var queue: SendQueue?

    /// What the kernel must report; 0 takes the socket out of epoll, because a hang-up cannot be masked and would be
    /// reported in every turn.
    @inline(__always)
    var neededEvents: UInt32 {
        if hasFailed { return 0 }
        guard state == .open else { return WEIR_EPOLLOUT }
        var events: UInt32 = queue == nil ? 0 : WEIR_EPOLLOUT
        if isPaused {
            if watchesForClose, !hasReportedWatchedEnd, !hasReportedEnd { events |= WEIR_EPOLLRDHUP }
        } else if !hasReportedEnd {
            events |= WEIR_EPOLLIN | WEIR_EPOLLRDHUP
        }
        return events
    }

    enum State: UInt8 {
        case connecting
        case open
        /// Closed by its owner, sending what is left.
        case flushing
    }
}
