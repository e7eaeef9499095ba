import IOEngine
import Synchronization

/// The sockets that the process listens on; all of them belong to the first worker's engine.
final class ListenerTable: Sendable {
    private let entries = Mutex<[SocketAddress]>([])

    var all: [(ListenerID, SocketAddress)] {
        entries.withLock { entries in entries.enumerated().map { (ListenerID(rawValue: $0), $1) } }
    }

    func add(_ address: SocketAddress) -> ListenerID {
        entries.withLock { entries in
            entries.append(address)
            return ListenerID(rawValue: entries.count - 1)
        }
    }
}
