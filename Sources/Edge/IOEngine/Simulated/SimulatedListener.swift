/// A listening socket of the pooler: its address, the connections nobody has accepted, and the engines that may.
final class SimulatedListener {
    let number: Int32
    let address: SocketAddress
    private(set) var engines: [(workplace: SimulatedWorkplace, id: ListenerID)] = []
    private(set) var backlog: [SimulatedSocket] = []
    private(set) var isClosed = false

    init(number: Int32, address: SocketAddress) {
        self.number = number
        self.address = address
    }

    func add(_ workplace: SimulatedWorkplace, id: ListenerID) {
        engines.append((workplace, id))
        signal()
    }

    /// Takes one engine off; without engines the socket is closed, and those in its backlog are reset.
    func remove(_ workplace: SimulatedWorkplace, id: ListenerID) {
        engines.removeAll { $0.workplace === workplace && $0.id == id }
        guard engines.isEmpty else { return }
        isClosed = true
        for socket in backlog { socket.connection?.socketClosed(abruptly: true) }
        backlog = []
    }

    func arrive(_ socket: SimulatedSocket) {
        backlog.append(socket)
        signal()
    }

    var first: SimulatedSocket? { backlog.first }

    func removeFirst() { backlog.removeFirst() }

    /// Every engine is told, as the kernel tells every epoll: the first to come accepts.
    func signal() {
        guard !backlog.isEmpty else { return }
        for engine in engines { engine.workplace.signal(self) }
    }
}
