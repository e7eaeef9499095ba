package import MonotonicTime

/// Performs I/O for one worker and reports what became of it, one ``Completion`` at a time.
///
/// The interface is that of completions, not of readiness: an operation is asked for and answered later. The epoll
/// engine emulates it; a ring-based engine fits it as it is; the simulated engine runs the same worker on virtual
/// sockets and virtual time. The worker is generic over its engine and specialised at compile time.
///
/// Who owns what: the engine owns sockets and everything queued on them; the worker owns ``SocketHandle``s and gives
/// each socket a ``SocketToken`` that comes back with its completions. A completion may still arrive for a socket
/// closed in the same turn: tokens carry a generation so that the worker can tell.
package protocol IOEngine: ~Copyable {
    /// The present time, read once per turn.
    var now: Instant { get }

    /// Wakes this engine's ``wait(until:)`` from any thread.
    var waker: @Sendable () -> Void { get }

    /// Starts accepting connections; each gives ``Completion/accepted(listener:socket:)``.
    mutating func listen(on socket: DetachedSocket, listener: ListenerID)

    /// Stops accepting and closes the listening socket.
    mutating func stopListening(_ listener: ListenerID)

    /// Takes a connected socket and starts receiving.
    mutating func attach(_ socket: DetachedSocket, token: SocketToken) -> SocketHandle

    /// Gives a socket away, for another engine to attach; `nil` when bytes are still queued on it, or have left the
    /// kernel and not been reported.
    mutating func detach(_ socket: SocketHandle) -> DetachedSocket?

    /// Opens a connection; answered by ``Completion/connected(_:)`` or ``Completion/failed(_:_:)``, and receiving
    /// starts by itself. Errors known at once are answered the same way.
    mutating func connect(to address: SocketAddress, options: SocketOptions, token: SocketToken) -> SocketHandle

    /// Changes the token that comes back with a socket's completions.
    mutating func setToken(_ token: SocketToken, of socket: SocketHandle)

    /// Stops receiving until ``resume(_:)``.
    ///
    /// - Parameter watchingForClose: still report the peer's closing, as ``Completion/closed(_:)``, although bytes sent
    ///   before it have not been received.
    mutating func pause(_ socket: SocketHandle, watchingForClose: Bool)

    /// Receives again.
    mutating func resume(_ socket: SocketHandle)

    /// Sends bytes the caller keeps; they are copied if they cannot leave at once.
    ///
    /// - Returns: false when bytes stay queued: the source should be paused until ``Completion/drained(_:)``. An engine
    ///   that finds out later says so with ``Completion/congested(_:)``.
    mutating func send(_ bytes: UnsafeRawBufferPointer, to socket: SocketHandle) -> Bool

    /// Sends part of a received piece on, from the buffer it arrived in.
    ///
    /// - Returns: as ``send(_:to:)``.
    mutating func forward(_ piece: ReceivedPiece, _ range: Range<Int>, to socket: SocketHandle) -> Bool

    /// Closes a socket. Queued bytes are lost, except with `flushing`: then the engine goes on sending them, for a few
    /// seconds at the most, and reports nothing more about the socket.
    mutating func close(_ socket: SocketHandle, flushing: Bool)

    /// Waits for completions, a wake-up or the deadline, and begins a new turn.
    mutating func wait(until deadline: Instant?)

    /// The turn's next completion. A received piece is valid until the next call.
    mutating func nextCompletion() -> Completion?

    /// Asks the kernel for the options of an accepted socket that is not a Unix socket.
    mutating func setOptions(_ options: SocketOptions, of socket: SocketHandle)

    /// Facts about a socket for the log and the console.
    func localAddress(of socket: SocketHandle) -> SocketAddress
    func peerAddress(of socket: SocketHandle) -> SocketAddress

    /// The process and user at the other end of a Unix socket; `nil` for other sockets.
    func peerCredentials(of socket: SocketHandle) -> PeerCredentials?
}

extension IOEngine where Self: ~Copyable {
    package mutating func setOptions(_ options: SocketOptions, of socket: SocketHandle) {}
    package func peerCredentials(of socket: SocketHandle) -> PeerCredentials? { nil }
}

/// Who is at the other end of a Unix socket.
package struct PeerCredentials: Hashable, Sendable {
    package let processID: Int32
    package let userID: UInt32

    package init(processID: Int32, userID: UInt32) {
        self.processID = processID
        self.userID = userID
    }
}

/// What became of an operation. Trivial, because one comes with every few bytes: whose connection was accepted must be
/// asked for (``IOEngine/peerAddress(of:)``).
package enum Completion: BitwiseCopyable {
    case accepted(listener: ListenerID, socket: DetachedSocket)
    /// Accepting failed for want of a resource (`errno`); it goes on after a pause.
    case acceptFailed(listener: ListenerID, error: Int32)
    case connected(SocketToken)
    case received(SocketToken, ReceivedPiece)
    /// The peer closed its sending side; it may still receive. If it turns out that it does not, ``failed(_:_:)`` follows:
    /// for a Unix socket at once, for TCP after something has been sent to it.
    case closed(SocketToken)
    /// The socket is broken (`errno`).
    case failed(SocketToken, Int32)
    /// Bytes stay queued on the socket although the engine had said otherwise when it took them: the source should be
    /// paused until ``drained(_:)``.
    case congested(SocketToken)
    /// Everything queued on the socket has been sent.
    case drained(SocketToken)
}

/// Bytes in an engine's buffer, valid until the engine is asked for its next completion.
///
/// Public and inlinable although nothing outside this package uses it, as ``Slab`` is: asking for the count is not worth a
/// call.
@safe public struct ReceivedPiece: BitwiseCopyable {
    public let bytes: UnsafeRawBufferPointer
    /// Which of the engine's buffers this is, for engines that lend several.
    public let buffer: UInt16

    /// The bytes are not in a buffer of the engine's that outlives the piece.
    @inlinable public static var noBuffer: UInt16 { .max }

    @inlinable public init(bytes: UnsafeRawBufferPointer, buffer: UInt16 = noBuffer) {
        unsafe self.bytes = unsafe bytes
        self.buffer = buffer
    }

    @inlinable public var count: Int { unsafe bytes.count }

    /// The piece without its first bytes.
    @inlinable public func dropping(_ count: Int) -> ReceivedPiece {
        unsafe ReceivedPiece(bytes: UnsafeRawBufferPointer(rebasing: bytes[count...]), buffer: buffer)
    }
}

/// Names a socket inside its engine. A handle whose socket was closed is ignored everywhere.
package struct SocketHandle: Hashable, BitwiseCopyable, Sendable {
    package let index: UInt32
    package let generation: UInt32

    package init(index: UInt32, generation: UInt32) {
        self.index = index
        self.generation = generation
    }

    /// No socket.
    package static let none = SocketHandle(index: .max, generation: .max)
}

/// What a worker wants back with a socket's completions.
package struct SocketToken: RawRepresentable, Hashable, BitwiseCopyable, Sendable {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// A socket between two owners: a file descriptor, or the simulated engine's number for one.
package struct DetachedSocket: Hashable, BitwiseCopyable, Sendable {
    package let rawValue: Int32
    package init(rawValue: Int32) { self.rawValue = rawValue }
}

/// Numbers the listening sockets of a process.
package struct ListenerID: RawRepresentable, Hashable, BitwiseCopyable, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
}
