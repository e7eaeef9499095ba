import Glibc
import MonotonicTime

/// Accepts connections.
extension UringEngine {
    package mutating func listen(on socket: DetachedSocket, listener: ListenerID) {
        listenerCount += 1
        listeners.append(Listener(id: listener, descriptor: socket.rawValue, number: listenerCount))
        accept(listeners.count - 1)
    }

    package mutating func stopListening(_ listener: ListenerID) {
        for index in listeners.indices.reversed() where listeners[index].id == listener {
            if listeners[index].isAccepting { ring.cancel(OperationTag(.accept, index: listeners[index].number)) }
            Glibc.close(listeners[index].descriptor)
            listeners.remove(at: index)
        }
    }

    mutating func accept(_ index: Int) {
        listeners[index].isAccepting = true
        ring.accept(listeners[index].descriptor, OperationTag(.accept, index: listeners[index].number))
    }

    mutating func accepted(_ outcome: Ring.Outcome) -> Completion? {
        guard let index = listeners.firstIndex(where: { $0.number == outcome.tag.index }) else {
            // Accepted while the listener was being stopped.
            if outcome.result >= 0 { Glibc.close(outcome.result) }
            return nil
        }
        if !outcome.hasMore { listeners[index].isAccepting = false }
        let listener = listeners[index]
        guard outcome.result < 0 else {
            if !outcome.hasMore { accept(index) }
            return .accepted(listener: listener.id, socket: DetachedSocket(rawValue: outcome.result))
        }
        switch -outcome.result {
        case EAGAIN, EINTR, ECONNABORTED, ECANCELED:
            if !outcome.hasMore { accept(index) }
            return nil
        case let error:
            // Out of descriptors or memory: the connection stays in the backlog, and retrying immediately would spin.
            if listener.isAccepting, outcome.hasMore { return nil }
            listeners[index].resumes = now + Self.acceptPause
            return .acceptFailed(listener: listener.id, error: error)
        }
    }
}
