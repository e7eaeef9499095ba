import CLiburing

/// The io_uring engine's state of one socket.
struct UringSocket {
    let descriptor: Int32
    var token: SocketToken
    var state: State
    /// The state of the kernel's receive operation.
    var receiving: Receiving = .no
    /// The events of the poll in progress; 0 for none.
    var polled: UInt32 = 0
    var isPollCanceled = false
    /// Whether the end of the turn will handle the socket.
    var isDue = false

    var isPaused = false
    /// Whether the peer's close is still reported while paused.
    var watchesForClose = false
    /// Whether the peer has closed its end.
    var hasEnded = false
    /// Whether the end was reported to a receiving socket.
    var hasReportedEnd = false
    /// Whether the end was reported to a paused socket; it is reported again after the bytes before it.
    var hasReportedWatchedEnd = false
    /// Whether a failure was reported; nothing follows it.
    var hasFailed = false
    /// Whether the sender was told to pause and waits for ``Completion/drained(_:)``.
    var isCongested = false

    /// Whether it receives into large buffers.
    var isBulk = false
    /// The number of consecutive pieces for which the other buffer size would be better.
    var bufferSizeStreak: UInt8 = 0
    /// Tracks bulk data.
    var flow = BulkFlow()
    /// Whether receiving is delayed, so that more bytes accumulate.
    var isDelayed = false

    /// The bytes to send at the end of this turn.
    var outgoing = Outgoing()
    /// The bytes that could not be sent; `nil` if all have been sent, as nearly always.
    var queue: SendQueue?
    /// The bytes that arrived while the socket was paused; `nil` as nearly always.
    var held: HeldInput?

    init(descriptor: Int32, token: SocketToken, state: State) {
        self.descriptor = descriptor
        self.token = token
        self.state = state
    }

    enum State: UInt8 {
        case connecting
        case open
        /// Closed by its owner, still sending queued bytes.
        case flushing
    }

    enum Receiving: UInt8 {
        case no
        case small
        case bulk
        /// Canceled; its last completion has not arrived yet.
        case ending
    }

    var wantsToReceive: Bool { state == .open && !isPaused && !hasEnded && !hasFailed && !isDelayed }

    /// The events to poll for, besides receiving.
    var neededPoll: UInt32 {
        if hasFailed { return 0 }
        if state != .open { return WEIR_POLLOUT }
        var events: UInt32 = queue == nil ? 0 : WEIR_POLLOUT
        // A poll always reports a hang-up; requesting it starts the poll.
        if hasReportedEnd || isPaused && hasReportedWatchedEnd { return events | WEIR_POLLHUP }
        // A receive operation reports the end itself.
        if isPaused, watchesForClose, receiving == .no, !hasEnded { events |= WEIR_POLLRDHUP }
        return events
    }
}

/// Bytes to send at the end of the turn: all of one socket's in one operation.
@safe struct Outgoing {
    /// The first part, usually the only one.
    var first = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    /// The range of further parts in the engine's list.
    var parts: Range<Int32> = 0..<0
    /// The total number of bytes.
    var count = 0
}

/// Input of a paused socket that the kernel delivered before receiving was canceled.
final class HeldInput {
    var bytes: [UInt8] = []
    /// The error (`errno`) with which the receive failed after the bytes.
    var error: Int32 = 0
}
