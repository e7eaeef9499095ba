import CLiburing

/// What the io_uring engine remembers of one socket.
struct UringSocket {
    let descriptor: Int32
    var token: SocketToken
    var state: State
    /// What the kernel is doing for us.
    var receiving: Receiving = .no
    /// The events of the poll that is under way; 0 for none.
    var polled: UInt32 = 0
    var isPollCanceled = false
    /// The end of the turn will look at what the socket needs.
    var isDue = false

    var isPaused = false
    /// While paused, the peer's closing is still reported.
    var watchesForClose = false
    /// The peer sends nothing more.
    var hasEnded = false
    /// The end was reported to a receiving socket.
    var hasReportedEnd = false
    /// The end was reported to a paused socket; it is reported again after the bytes before it.
    var hasReportedWatchedEnd = false
    /// A failure was reported; nothing follows it.
    var hasFailed = false
    /// Whoever sends has been told to stop and waits for ``Completion/drained(_:)``.
    var isCongested = false

    /// Receives into large buffers.
    var isBulk = false
    /// Pieces in a row that speak for the other size of buffer.
    var gearStreak: UInt8 = 0
    /// What comes in large buffers.
    var flow = BulkFlow()
    /// Does not receive for a moment, so that more gathers.
    var isResting = false

    /// What leaves at the end of this turn.
    var outgoing = Outgoing()
    /// What could not leave; `nil` when all has been sent, as nearly always.
    var queue: SendQueue?
    /// What arrived while the socket was paused; `nil` as nearly always.
    var held: HeldInput?

    init(descriptor: Int32, token: SocketToken, state: State) {
        self.descriptor = descriptor
        self.token = token
        self.state = state
    }

    enum State: UInt8 {
        case connecting
        case open
        /// Closed by its owner, sending what is left.
        case flushing
    }

    enum Receiving: UInt8 {
        case no
        case small
        case bulk
        /// Told to stop; its last completion is still to come.
        case ending
    }

    var wantsToReceive: Bool { state == .open && !isPaused && !hasEnded && !hasFailed && !isResting }

    /// What is to be watched besides receiving.
    var neededPoll: UInt32 {
        if hasFailed { return 0 }
        if state != .open { return WEIR_POLLOUT }
        var events: UInt32 = queue == nil ? 0 : WEIR_POLLOUT
        // A hang-up is reported whether asked for or not: named here, it has the socket polled for it.
        if hasReportedEnd || isPaused && hasReportedWatchedEnd { return events | WEIR_POLLHUP }
        // Receiving tells of the end by itself.
        if isPaused, watchesForClose, receiving == .no, !hasEnded { events |= WEIR_POLLRDHUP }
        return events
    }
}

/// Bytes that leave at the end of the turn: all of one socket's in one operation.
@safe struct Outgoing {
    /// The first part, which nearly always is all.
    var first = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    /// Further parts in the engine's list.
    var parts: Range<Int32> = 0..<0
    /// Bytes in all.
    var count = 0
}

/// Input of a paused socket that had left the kernel before it could be told to stop.
final class HeldInput {
    var bytes: [UInt8] = []
    /// The receive failed (`errno`) behind the bytes.
    var error: Int32 = 0
}
