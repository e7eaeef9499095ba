import Synchronization

/// What other threads want a worker to do, in the order they asked.
///
/// The worker is woken only when it has said that it is about to wait: a busy one looks by itself, and a wake-up is a
/// system call for each side.
final class Mailbox: Sendable {
    private struct Contents {
        var mail: [Mail] = []
        var wake: (@Sendable () -> Void)?
    }

    private let contents = Mutex(Contents())
    private let isFull = Atomic(false)
    private let isAwaited = Atomic(true)

    /// Whether ``collect(into:)`` finds something; costs no lock.
    var hasMail: Bool { isFull.load(ordering: .sequentiallyConsistent) }

    /// The worker has nothing more to do: from now on mail wakes it. Mail that has come already wakes it at once.
    func beginWaiting() {
        // One of the two, the worker here and the sender in `post`, sees what the other has just stored.
        isAwaited.store(true, ordering: .sequentiallyConsistent)
        if hasMail, isAwaited.exchange(false, ordering: .sequentiallyConsistent) { wake() }
    }

    /// The worker is awake: whatever is posted until ``beginWaiting()`` it finds by itself.
    func endWaiting() { isAwaited.store(false, ordering: .relaxed) }

    /// Connects the box to its worker's engine; mail may have arrived before.
    func open(wakingWith wake: @escaping @Sendable () -> Void) {
        let hasMail = contents.withLock { contents in
            contents.wake = wake
            return !contents.mail.isEmpty
        }
        if hasMail { wake() }
    }

    func post(_ mail: Mail) {
        contents.withLock { contents in
            contents.mail.append(mail)
            isFull.store(true, ordering: .sequentiallyConsistent)
        }
        if isAwaited.exchange(false, ordering: .sequentiallyConsistent) { wake() }
    }

    /// Makes the worker begin a turn, mail or not.
    func wake() {
        let wake = contents.withLock { $0.wake }
        wake?()
    }

    /// Takes everything; `buffer` is emptied and lent to the box, so that neither allocates again.
    func collect(into buffer: inout [Mail]) {
        buffer.removeAll(keepingCapacity: true)
        contents.withLock { contents in
            swap(&contents.mail, &buffer)
            isFull.store(false, ordering: .releasing)
        }
    }
}
