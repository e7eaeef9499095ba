import Synchronization

/// What other threads want a worker to do, in the order they asked.
///
/// The worker is woken only when the box was empty: one wake-up carries any amount of mail.
final class Mailbox: Sendable {
    private struct Contents {
        var mail: [Mail] = []
        var wake: (@Sendable () -> Void)?
    }

    private let contents = Mutex(Contents())
    private let isFull = Atomic(false)

    /// Whether ``collect(into:)`` finds something; costs no lock. Who posts wakes the worker after this has changed, so
    /// one that saw too little looks again.
    var hasMail: Bool { isFull.load(ordering: .acquiring) }

    /// Connects the box to its worker's engine; mail may have arrived before.
    func open(wakingWith wake: @escaping @Sendable () -> Void) {
        let hasMail = contents.withLock { contents in
            contents.wake = wake
            return !contents.mail.isEmpty
        }
        if hasMail { wake() }
    }

    func post(_ mail: Mail) {
        let wake = contents.withLock { contents in
            contents.mail.append(mail)
            isFull.store(true, ordering: .releasing)
            return contents.mail.count == 1 ? contents.wake : nil
        }
        wake?()
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
