import CLinux
import Glibc
import IOEngine
import MonotonicTime
import Synchronization

/// The engines that use the kernel.
enum KernelEngine: String, CaseIterable, Codable, Sendable {
    case epoll, uring

    /// The engines that this machine permits; containers often forbid io_uring.
    static let available = allCases.filter { $0 == .epoll || UringEngine.objection == nil }

    func make() throws -> any BoxedEngine {
        switch self {
        case .epoll: EngineBox(try EpollEngine())
        case .uring: EngineBox(try UringEngine())
        }
    }
}

/// The contract on real sockets: loopback TCP or Unix.
final class KernelWorld: EngineWorld {
    let engines: [any BoxedEngine]
    let canReset: Bool
    private let isUnix: Bool
    private var farSides: [KernelFarSide] = []
    private var servers: [KernelServer] = []
    private static let names = Counter()

    init(_ kind: KernelEngine, isUnix: Bool) throws {
        self.isUnix = isUnix
        canReset = !isUnix
        engines = [try kind.make(), try kind.make()]
    }

    func connectedPair() throws -> (DetachedSocket, any FarSide) {
        let (listening, address) = try listeningSocket()
        defer { PosixSockets.close(listening) }
        let far = try dial(address)
        waitUntilReadable(listening.rawValue)
        let descriptor = weir_accept(listening.rawValue)
        guard descriptor >= 0 else { throw SystemError("accept4") }
        return (DetachedSocket(rawValue: descriptor), far)
    }

    func listeningSocket() throws -> (DetachedSocket, SocketAddress) {
        let wanted: SocketAddress =
            isUnix
            ? .unix(path: "@weir-contract-\(getpid())-\(Self.names.next())", pid: 0) : .ipv4(0x7f00_0001, port: 0)
        let socket = try PosixSockets.listen(on: wanted, backlog: 16, reusePort: false, deferAccept: 0)
        return (socket, isUnix ? wanted : PosixSockets.localAddress(of: socket.rawValue))
    }

    func dial(_ address: SocketAddress) throws -> any FarSide {
        let far = KernelFarSide(try PosixSockets.connect(to: address, options: SocketOptions()))
        farSides.append(far)
        return far
    }

    func server() throws -> (SocketAddress, () -> (any FarSide)?) {
        let (socket, address) = try listeningSocket()
        let server = KernelServer(socket)
        servers.append(server)
        return (address, { server.newest })
    }

    func refusingAddress() throws -> SocketAddress {
        let (socket, address) = try listeningSocket()
        PosixSockets.close(socket)
        return address
    }

    func pass(_ each: (Int, Completion) -> Void) {
        for server in servers {
            if let far = server.accept() { farSides.append(far) }
        }
        for far in farSides { far.pump() }
        for (number, engine) in engines.enumerated() {
            engine.turn(until: engine.now + .milliseconds(2)) { each(number, $0) }
        }
    }
}

private func waitUntilReadable(_ descriptor: Int32) {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    _ = unsafe poll(&entry, 1, 60_000)
}

/// A listening socket of the test.
final class KernelServer {
    private let socket: DetachedSocket
    private(set) var newest: KernelFarSide?

    init(_ socket: DetachedSocket) { self.socket = socket }

    deinit { PosixSockets.close(socket) }

    func accept() -> KernelFarSide? {
        let descriptor = weir_accept(socket.rawValue)
        guard descriptor >= 0 else { return nil }
        newest = KernelFarSide(descriptor)
        return newest
    }
}

/// The test's end of a real connection, read and written when time passes.
final class KernelFarSide: FarSide {
    private var descriptor: Int32
    private var outgoing: [UInt8] = []
    private var endsSending = false
    private(set) var received: [UInt8] = []
    private(set) var isOver = false
    private(set) var wasReset = false
    var isReading = true

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close() }

    func send(_ bytes: [UInt8]) {
        outgoing += bytes
        pump()
    }

    func closeSending() {
        endsSending = true
        pump()
    }

    func close() {
        guard descriptor >= 0 else { return }
        Glibc.close(descriptor)
        descriptor = -1
    }

    func reset() {
        guard descriptor >= 0 else { return }
        var linger = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    func pump() {
        guard descriptor >= 0 else { return }
        if !outgoing.isEmpty {
            let sent = unsafe outgoing.withUnsafeBytes { bytes in
                unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, WEIR_SEND_FLAGS)
            }
            if sent > 0 { outgoing.removeFirst(sent) }
        }
        if endsSending, outgoing.isEmpty { shutdown(descriptor, Int32(SHUT_WR)) }
        while isReading, !isOver {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe recv(descriptor, bytes.baseAddress, bytes.count, WEIR_RECEIVE_FLAGS)
            }
            guard count > 0 else {
                if count == 0 || (errno != EAGAIN && errno != ENOTCONN) {
                    isOver = true
                    wasReset = count < 0
                }
                return
            }
            received += buffer[..<count]
        }
    }
}

/// Numbers that are unique in a process.
final class Counter: Sendable {
    private let value = Atomic<Int>(0)
    func next() -> Int { value.wrappingAdd(1, ordering: .relaxed).newValue }
}
