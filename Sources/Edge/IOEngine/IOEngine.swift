package import MonotonicTime

/// Performs I/O for one worker and reports the results one ``Completion`` at a time.
///
/// The interface is completion-based, not readiness-based: the worker starts an operation and receives its result
/// later. The epoll engine emulates it; io_uring fits it directly; the simulated engine runs the same worker on virtual
/// sockets and virtual time. The worker is generic over its engine and specialized at compile time.
///
/// The engine owns sockets and everything queued on them; the worker owns ``SocketHandle``s and gives each socket a
/// ``SocketToken`` that its completions carry. A completion may still arrive for a socket closed in the same turn:
/// tokens contain a generation so that the worker can detect it.
package protocol IOEngine: ~Copyable {
    /// The current time, read once per turn.
    var now: Instant { get }

    /// Wakes this engine's ``wait(until:)`` from any thread.
    var waker: @Sendable () -> Void { get }

    /// Starts accepting connections; each gives ``Completion/accepted(listener:socket:)``.
    mutating func listen(on socket: DetachedSocket, listener: ListenerID)

    /// Stops accepting and closes the listening socket.
    mutating func stopListening(_ listener: ListenerID)

    /// Takes a connected socket and starts receiving.
    mutating func attach(_ socket: DetachedSocket, token: SocketToken) -> SocketHandle

    /// Gives up a socket, for another engine to attach; `nil` if bytes are still queued on it, or have been received
    /// and not been reported.
    mutating func detach(_ socket: SocketHandle) -> DetachedSocket?

    /// Opens a connection. The result is ``Completion/connected(_:)`` or ``Completion/failed(_:_:)``; receiving then
    /// starts automatically. Errors known immediately are reported the same way.
    mutating func connect(to address: SocketAddress, options: SocketOptions, token: SocketToken) -> SocketHandle

    /// Changes the token that the socket's completions carry.
    mutating func setToken(_ token: SocketToken, of socket: SocketHandle)

    /// Stops receiving until ``resume(_:)``.
    ///
    /// - Parameter watchingForClose: whether to report the peer's close, as ``Completion/closed(_:)``, even before
    ///   bytes sent earlier have been received.
    mutating func pause(_ socket: SocketHandle, watchingForClose: Bool)

    /// Resumes receiving.
    mutating func resume(_ socket: SocketHandle)

    /// Sends bytes that the caller owns; they are copied if they cannot be sent at once.
    ///
    /// - Returns: false if bytes stay queued: the source should be paused until ``Completion/drained(_:)``. An engine
    ///   that finds out later reports ``Completion/congested(_:)``.
    mutating func send(_ bytes: UnsafeRawBufferPointer, to socket: SocketHandle) -> Bool

    /// Forwards part of a received piece from the buffer it arrived in.
    ///
    /// - Returns: the same as ``send(_:to:)``.
    mutating func forward(_ piece: ReceivedPiece, _ range: Range<Int>, to socket: SocketHandle) -> Bool

    /// Closes a socket. Queued bytes are discarded, except with `flushing`: then the engine continues to send them for
    /// a few seconds at most, and reports nothing more about the socket.
    mutating func close(_ socket: SocketHandle, flushing: Bool)

    /// Waits for completions, a wake-up or the deadline, and begins a new turn.
    mutating func wait(until deadline: Instant?)

    /// The turn's next completion. A received piece is valid until the next call.
    mutating func nextCompletion() -> Completion?

    /// Sets the options of an accepted socket that is not a Unix socket.
    mutating func setOptions(_ options: SocketOptions, of socket: SocketHandle)

    /// The local address of a socket, for the log and the console.
    func localAddress(of socket: SocketHandle) -> SocketAddress
    func peerAddress(of socket: SocketHandle) -> SocketAddress

    /// The process and user at the other end of a Unix socket; `nil` for other sockets.
    func peerCredentials(of socket: SocketHandle) -> PeerCredentials?
}

extension IOEngine where Self: ~Copyable {
    package mutating func setOptions(_ options: SocketOptions, of socket: SocketHandle) {}
    package func peerCredentials(of socket: SocketHandle) -> PeerCredentials? { nil }
}

/// The process and user at the other end of a Unix socket.
package struct PeerCredentials: Hashable, Sendable {
    package let processID: Int32
    package let userID: UInt32

    package init(processID: Int32, userID: UInt32) {
        self.processID = processID
        self.userID = userID
    }
}

/// The result of an operation. Trivial, because there is one for every few bytes; the address of an accepted connection
/// is therefore not part of it (``IOEngine/peerAddress(of:)``).
package enum Completion: BitwiseCopyable {
    case accepted(listener: ListenerID, socket: DetachedSocket)
    /// Accepting failed because a resource ran out (`errno`); the engine continues after a delay.
    case acceptFailed(listener: ListenerID, error: Int32)
    case connected(SocketToken)
    case received(SocketToken, ReceivedPiece)
    /// The peer closed its sending side; it may still receive. If it does not, ``failed(_:_:)`` follows: for a Unix
    /// socket immediately, for TCP after bytes have been sent to it.
    case closed(SocketToken)
    /// The socket is broken (`errno`).
    case failed(SocketToken, Int32)
    /// Bytes stay queued on the socket although the engine reported otherwise when it took them: the source should be
    /// paused until ``drained(_:)``.
    case congested(SocketToken)
    /// Everything queued on the socket has been sent.
    case drained(SocketToken)
}

/// Bytes in an engine's buffer, valid until the next completion is requested.
///
/// Public and inlinable like ``Slab``, although only this package uses it: a call to read the count would cost too
/// much.
@safe public struct ReceivedPiece: BitwiseCopyable {
    public let bytes: UnsafeRawBufferPointer
    /// The number of the engine's buffer, for engines that lend several.
    public let buffer: UInt16

    /// The number that means: the bytes are not in an engine's buffer that outlives the piece.
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

/// Identifies a socket in its engine. The handle of a closed socket is ignored everywhere.
package struct SocketHandle: Hashable, BitwiseCopyable, Sendable {
    package let index: UInt32
    package let generation: UInt32

    package init(index: UInt32, generation: UInt32) {
        self.index = index
        self.generation = generation
    }

    /// The handle of no socket.
    package static let none = SocketHandle(index: .max, generation: .max)
}

/// A value chosen by the worker that the socket's completions carry.
package struct SocketToken: RawRepresentable, Hashable, BitwiseCopyable, Sendable {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// A socket between two owners: a file descriptor, or the simulated engine's number.
package struct DetachedSocket: Hashable, BitwiseCopyable, Sendable {
    package let rawValue: Int32
    package init(rawValue: Int32) { self.rawValue = rawValue }
}

/// The number of a listening socket in this process.
package struct ListenerID: RawRepresentable, Hashable, BitwiseCopyable, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
}
