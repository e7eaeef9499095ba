import Glibc
package import MonotonicTime

/// The environment of one simulation: a virtual clock, virtual sockets, and randomness from one seed.
///
/// Several ``SimulatedEngine``s, for the workers of one pooler, share a network. A test creates the network, the
/// engines and the actors at the far sides, and then runs it, see ``run(until:unless:turn:)``. Everything happens on
/// one thread, and the same seed gives the same history.
package final class SimulatedNetwork {
    package let seed: UInt64
    /// The virtual time; it advances only when no engine has anything to do.
    package internal(set) var now = Instant(nanoseconds: 1_000_000_000)
    /// The random numbers of all parts of the simulation.
    package var random: SeededRandom
    /// The network's conditions. They may be changed at any time; windows are drawn when a connection is created.
    package var conditions: NetworkConditions
    /// Receives a description of each event, for the replay of a failing seed.
    package var trace: ((String) -> Void)?
    /// The worker's violations of the engine's contract, such as spinning on a deadline.
    package internal(set) var violations: [String] = []
    /// The maximum number of sockets of all engines, including detached ones; `nil` is no limit.
    package var descriptorLimit: Int?

    /// The user ID of every process at a Unix socket.
    package var peerUserID: UInt32 = 1000

    var events = EventQueue()
    var engines: [SimulatedEngineState] = []
    private var sockets: [Int32: SimulatedSocket] = [:]
    private var listeners: [SimulatedListener] = []
    private var services: [(address: SocketAddress, service: SimulatedService)] = []
    private var connectionCount = 0
    // Far from every real descriptor, in case one of these reaches the kernel by mistake.
    private var nextNumber: Int32 = 1_000_000

    package init(seed: UInt64, conditions: NetworkConditions = .calm) {
        self.seed = seed
        self.conditions = conditions
        random = SeededRandom(seed: seed)
    }

    /// The number of sockets the engines hold, including detached ones but not listening ones. 0 when everything has
    /// been released.
    package var openSocketCount: Int { sockets.count }

    // MARK: - Addresses

    /// Creates a listening socket for ``SimulatedEngine/listen(on:listener:)``. Several may listen on one address.
    package func listen(on address: SocketAddress) -> DetachedSocket {
        let listener = SimulatedListener(number: number(), address: address)
        listeners.append(listener)
        return DetachedSocket(rawValue: listener.number)
    }

    /// Sets how an address answers the pooler's connections from now on. An unknown address refuses them.
    package func serve(_ address: SocketAddress, _ service: SimulatedService) {
        services.removeAll { $0.address == address }
        services.append((address, service))
    }

    /// Connects an actor to one of the pooler's listening sockets; refused if there is none when it arrives.
    @discardableResult
    package func connect(
        to address: SocketAddress, from origin: SocketAddress? = nil, as peer: any SimulatedPeer
    ) -> SimulatedConnection {
        let number = connectionNumber()
        let local = origin ?? (address.isUnix ? .unix(path: "", pid: Int32(number)) : ephemeral(number))
        let connection = SimulatedConnection(self, number: number, peer: peer, local: local, remote: address)
        after(latency()) { self.arrive(connection, at: address) }
        return connection
    }

    private func arrive(_ connection: SimulatedConnection, at address: SocketAddress) {
        guard connection.isOpen else { return }
        let choices = listeners.filter { $0.address == address && !$0.isClosed }
        guard !choices.isEmpty else {
            return connection.refuse(address.isUnix ? ENOENT : ECONNREFUSED)
        }
        let socket = SimulatedSocket(
            number: number(), connection: connection, state: .open, local: address, peer: connection.localAddress)
        connection.socket = socket
        random.element(of: choices).arrive(socket)
        trace?("connection \(connection.number): reaches \(address)")
        connection.establish(socketReadyAt: now)
    }

    // MARK: - For the engines

    /// Opens a socket that connects to `address`, or returns the error that is known immediately.
    func open(_ address: SocketAddress) -> Result<SimulatedSocket, SystemError> {
        guard hasDescriptor else { return .failure(SystemError("socket", EMFILE)) }
        let service = services.first { $0.address == address }?.service ?? .refusing
        let number = number()
        switch service {
        case .refusing:
            if address.isUnix { return .failure(SystemError("connect", ENOENT)) }
            let socket = SimulatedSocket(
                number: number, connection: nil, state: .connecting, local: ephemeral(0), peer: address)
            adopt(socket)
            after(latency()) { socket.fail(ECONNREFUSED) }
            return .success(socket)
        case .silent:
            let socket = SimulatedSocket(
                number: number, connection: nil, state: .connecting, local: ephemeral(0), peer: address)
            adopt(socket)
            return .success(socket)
        case .accepting(let makePeer):
            return .success(connectToPeer(makePeer(), address, number, after: address.isUnix ? .zero : latency()))
        case .slow(let delay, let makePeer):
            return .success(connectToPeer(makePeer(), address, number, after: delay))
        }
    }

    private func connectToPeer(
        _ peer: any SimulatedPeer, _ address: SocketAddress, _ number: Int32, after delay: Duration
    ) -> SimulatedSocket {
        let count = connectionNumber()
        let local: SocketAddress = address.isUnix ? .unix(path: "", pid: 0) : ephemeral(count)
        let connection = SimulatedConnection(self, number: count, peer: peer, local: address, remote: local)
        let isImmediate = delay == .zero
        let socket = SimulatedSocket(
            number: number, connection: connection, state: isImmediate ? .connected : .connecting, local: local,
            peer: address)
        connection.socket = socket
        adopt(socket)
        after(delay) {
            guard connection.socket != nil else { return }
            self.trace?("connection \(count): the pooler reaches \(address)")
            let readiness = self.arrival(after: self.now)
            self.at(readiness) { socket.connectionEstablished() }
            connection.establish(socketReadyAt: readiness)
        }
        return socket
    }

    /// Whether one more socket may be created.
    var hasDescriptor: Bool { descriptorLimit.map { sockets.count < $0 } ?? true }

    func adopt(_ socket: SimulatedSocket) { sockets[socket.number] = socket }

    func forget(_ socket: SimulatedSocket) { sockets[socket.number] = nil }

    func socket(_ number: Int32) -> SimulatedSocket? { sockets[number] }

    func listener(_ number: Int32) -> SimulatedListener? { listeners.first { $0.number == number } }

    // MARK: - Time and chance

    /// Runs `body` after a virtual time; an actor's own timer. It keeps the network from being quiet.
    package func after(_ delay: Duration, _ body: @escaping () -> Void) { events.add(at: now + delay, body) }

    func at(_ time: Instant, _ body: @escaping () -> Void) { events.add(at: time, body) }

    /// Like ``after(_:_:)``, for a time limit, which does not keep the network from being quiet.
    func inBackground(after delay: Duration, _ body: @escaping () -> Void) {
        events.add(at: now + delay, isBackground: true, body)
    }

    func latency() -> Duration {
        .nanoseconds(Int64.random(in: conditions.latency, using: &random))
    }

    /// The arrival time of bytes sent now, given that earlier ones arrive at `last`.
    func arrival(after last: Instant) -> Instant { max(last, now + latency()) }

    /// Tears a run of bytes according to the network's conditions.
    func torn(_ bytes: [UInt8]) -> [[UInt8]] {
        var rest = ByteQueue()
        rest.append(bytes)
        var pieces: [[UInt8]] = []
        while rest.count > 1, pieces.count < 8, random.happens(conditions.tearing) {
            pieces.append(rest.take(random.length(upTo: rest.count - 1)))
        }
        if !rest.isEmpty { pieces.append(rest.take(.max)) }
        return pieces
    }

    private func number() -> Int32 {
        defer { nextNumber += 1 }
        return nextNumber
    }

    private func connectionNumber() -> Int {
        connectionCount += 1
        return connectionCount
    }

    private func ephemeral(_ number: Int) -> SocketAddress {
        .ipv4(0x7f00_0001, port: UInt16(truncatingIfNeeded: 32_768 + number % 28_000))
    }
}
