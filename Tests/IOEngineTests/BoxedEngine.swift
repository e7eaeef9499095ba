import IOEngine
import MonotonicTime

/// An engine wrapped in a class, so that each contract test is written once for all engines.
protocol BoxedEngine: AnyObject {
    var now: Instant { get }
    var waker: @Sendable () -> Void { get }
    func listen(on socket: DetachedSocket, listener: ListenerID)
    func stopListening(_ listener: ListenerID)
    func attach(_ socket: DetachedSocket, token: SocketToken) -> SocketHandle
    func detach(_ socket: SocketHandle) -> DetachedSocket?
    func connect(to address: SocketAddress, token: SocketToken) -> SocketHandle
    func setToken(_ token: SocketToken, of socket: SocketHandle)
    func pause(_ socket: SocketHandle, watchingForClose: Bool)
    func resume(_ socket: SocketHandle)
    func send(_ bytes: [UInt8], to socket: SocketHandle) -> Bool
    func forward(_ piece: ReceivedPiece, _ range: Range<Int>, to socket: SocketHandle) -> Bool
    func close(_ socket: SocketHandle, flushing: Bool)
    func localAddress(of socket: SocketHandle) -> SocketAddress
    func peerAddress(of socket: SocketHandle) -> SocketAddress
    /// Runs one turn; `each` receives the completions in order.
    func turn(until deadline: Instant?, _ each: (Completion) -> Void)
}

final class EngineBox<Engine: IOEngine & ~Copyable>: BoxedEngine {
    private var engine: Engine

    init(_ engine: consuming Engine) { self.engine = engine }

    var now: Instant { engine.now }
    var waker: @Sendable () -> Void { engine.waker }
    func listen(on socket: DetachedSocket, listener: ListenerID) { engine.listen(on: socket, listener: listener) }
    func stopListening(_ listener: ListenerID) { engine.stopListening(listener) }
    func attach(_ socket: DetachedSocket, token: SocketToken) -> SocketHandle { engine.attach(socket, token: token) }
    func detach(_ socket: SocketHandle) -> DetachedSocket? { engine.detach(socket) }
    func connect(to address: SocketAddress, token: SocketToken) -> SocketHandle {
        engine.connect(to: address, options: SocketOptions(), token: token)
    }
    func setToken(_ token: SocketToken, of socket: SocketHandle) { engine.setToken(token, of: socket) }
    func pause(_ socket: SocketHandle, watchingForClose: Bool) {
        engine.pause(socket, watchingForClose: watchingForClose)
    }
    func resume(_ socket: SocketHandle) { engine.resume(socket) }
    func send(_ bytes: [UInt8], to socket: SocketHandle) -> Bool {
        unsafe bytes.withUnsafeBytes { unsafe engine.send($0, to: socket) }
    }
    func forward(_ piece: ReceivedPiece, _ range: Range<Int>, to socket: SocketHandle) -> Bool {
        engine.forward(piece, range, to: socket)
    }
    func close(_ socket: SocketHandle, flushing: Bool) { engine.close(socket, flushing: flushing) }
    func localAddress(of socket: SocketHandle) -> SocketAddress { engine.localAddress(of: socket) }
    func peerAddress(of socket: SocketHandle) -> SocketAddress { engine.peerAddress(of: socket) }

    func turn(until deadline: Instant?, _ each: (Completion) -> Void) {
        engine.wait(until: deadline)
        while let completion = engine.nextCompletion() { each(completion) }
    }
}

/// A completion that may be stored.
enum Seen: Equatable {
    case accepted(ListenerID, DetachedSocket)
    case acceptFailed(ListenerID, Int32)
    case connected(SocketToken)
    case received(SocketToken, [UInt8])
    case closed(SocketToken)
    case failed(SocketToken, Int32)
    case congested(SocketToken)
    case drained(SocketToken)

    init(_ completion: Completion) {
        self =
            switch completion {
            case .accepted(let listener, let socket): .accepted(listener, socket)
            case .acceptFailed(let listener, let error): .acceptFailed(listener, error)
            case .connected(let token): .connected(token)
            case .received(let token, let piece): .received(token, unsafe Array(piece.bytes))
            case .closed(let token): .closed(token)
            case .failed(let token, let error): .failed(token, error)
            case .congested(let token): .congested(token)
            case .drained(let token): .drained(token)
            }
    }
}

extension [Seen] {
    /// The bytes received with a token, in order.
    func bytes(_ token: SocketToken) -> [UInt8] {
        var all: [UInt8] = []
        for case .received(token, let bytes) in self { all += bytes }
        return all
    }

    /// The number of bytes received with a token.
    func byteCount(_ token: SocketToken) -> Int {
        var sum = 0
        for case .received(token, let bytes) in self { sum += bytes.count }
        return sum
    }

    func count(_ seen: Seen) -> Int { count { $0 == seen } }

    func hasFailed(_ token: SocketToken) -> Bool { failures(token) > 0 }

    func failures(_ token: SocketToken) -> Int {
        count { if case .failed(token, _) = $0 { true } else { false } }
    }

    /// The events except received pieces, for comparing histories that are torn differently.
    var events: [Seen] { filter { if case .received = $0 { false } else { true } } }
}
