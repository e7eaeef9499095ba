/// A listening socket of the pooler: its address, the connections not accepted yet, and the engines that may accept
/// them.
final class SimulatedListener {
    let number: Int32
    let address: SocketAddress
    private(set) var engines: [(engine: SimulatedEngineState, id: ListenerID)] = []
    private(set) var backlog: [SimulatedSocket] = []
    private(set) var isClosed = false

    init(number: Int32, address: SocketAddress) {
        self.number = number
        self.address = address
    }

    func add(_ engine: SimulatedEngineState, id: ListenerID) {
        engines.append((engine, id))
        signal()
    }

    /// Removes one engine; without engines the socket is closed, and the connections in its backlog are reset.
    func remove(_ engine: SimulatedEngineState, id: ListenerID) {
        engines.removeAll { $0.engine === engine && $0.id == id }
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

    /// Notifies every engine, as the kernel notifies every epoll: the first one to take its turn accepts.
    func signal() {
        guard !backlog.isEmpty else { return }
        for entry in engines { entry.engine.signal(self) }
    }
}
