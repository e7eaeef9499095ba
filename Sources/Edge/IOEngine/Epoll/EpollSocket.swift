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
    /// Bytes waiting for the peer to read; `nil` when all has been sent, as nearly always.
    var queue: SendQueue?

    enum State: UInt8 {
        case connecting
        case open
        /// Closed by its owner, sending what is left.
        case flushing
    }
}

/// Bytes that could not be sent at once, oldest first.
final class SendQueue {
    private var chunks: [[UInt8]] = []
    private var first = 0
    /// Bytes of the first chunk that are sent.
    private var offset = 0

    var isEmpty: Bool { first == chunks.count }

    func append(_ bytes: UnsafeRawBufferPointer) {
        unsafe chunks.append(Array(bytes))
    }

    /// Offers the oldest bytes to `body`, which returns how many it took.
    func send(_ body: (UnsafeRawBufferPointer) -> Int) {
        let taken = unsafe chunks[first].withUnsafeBytes { bytes in
            unsafe body(UnsafeRawBufferPointer(rebasing: bytes[offset...]))
        }
        offset += taken
        guard offset == chunks[first].count else { return }
        offset = 0
        chunks[first] = []
        first += 1
        if first == chunks.count || first > 64 {
            chunks.removeFirst(first)
            first = 0
        }
    }
}
