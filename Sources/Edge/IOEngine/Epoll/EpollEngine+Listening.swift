import CLinux
import Glibc
import MonotonicTime

/// Accepts connections.
extension EpollEngine {
    package mutating func listen(on socket: DetachedSocket, listener: ListenerID) {
        listeners.append(Listener(id: listener, descriptor: socket.rawValue, resumes: nil))
        registerListener(listeners.count - 1)
    }

    package mutating func stopListening(_ listener: ListenerID) {
        for index in listeners.indices.reversed() where listeners[index].id == listener {
            Glibc.close(listeners[index].descriptor)
            listeners.remove(at: index)
        }
        // The positions of the other listeners are their event keys.
        for index in listeners.indices where listeners[index].resumes == nil {
            _ = control(EPOLL_CTL_DEL, listeners[index].descriptor, 0, data: 0)
            registerListener(index)
        }
    }

    func registerListener(_ index: Int) {
        _ = control(
            EPOLL_CTL_ADD, listeners[index].descriptor, WEIR_EPOLLIN, data: Self.listenerKeys + UInt64(index))
    }

    mutating func accept(_ index: Int) -> Completion? {
        guard listeners.indices.contains(index), listeners[index].resumes == nil else { return nil }
        let listener = listeners[index]
        let descriptor = weir_accept(listener.descriptor)
        if descriptor >= 0 { return .accepted(listener: listener.id, socket: DetachedSocket(rawValue: descriptor)) }
        let error = errno
        switch error {
        case EAGAIN, EINTR, ECONNABORTED: return nil
        default:
            // Out of descriptors or memory: the connection stays in the backlog, and retrying immediately would spin.
            _ = control(EPOLL_CTL_DEL, listener.descriptor, 0, data: 0)
            listeners[index].resumes = now + Self.acceptPause
            return .acceptFailed(listener: listener.id, error: error)
        }
    }
}
