import Synchronization

/// What lets an application that sends much run ahead of the network by so much and no more, and tells it the end.
final class FeedGate<End: Sendable>: Sendable {
    private typealias Waiter = CheckedContinuation<PostgresError?, Never>
    private typealias EndWaiter = CheckedContinuation<Result<End, PostgresError>, Never>

    private struct Contents {
        var inFlight = 0
        var failure: PostgresError?
        var end: Result<End, PostgresError>?
        /// Who waits, and with how many bytes, which do not count yet.
        var waiter: (Waiter, count: Int)?
        var endWaiter: EndWaiter?
    }

    /// How many bytes may be on their way.
    let limit: Int
    private let contents = Mutex(Contents())

    /// - Parameter limit: how many bytes may be on their way to the network.
    init(limit: Int) { self.limit = limit }

    // MARK: For the application

    /// Waits until so many bytes may be sent.
    ///
    /// - Throws: what has ended the feed.
    func enter(_ count: Int) async throws(PostgresError) {
        let (mayEnter, failure) = contents.withLock { contents in
            guard contents.failure == nil else { return (false, contents.failure) }
            guard contents.inFlight < limit else { return (false, nil) }
            contents.inFlight += count
            return (true, nil)
        }
        if let failure { throw failure }
        if mayEnter { return }
        let late = await withCheckedContinuation { (waiter: Waiter) in
            let isOver = contents.withLock { contents -> Bool in
                guard contents.failure == nil, contents.inFlight >= limit else {
                    contents.inFlight += count
                    return true
                }
                contents.waiter = (waiter, count)
                return false
            }
            if isOver { waiter.resume(returning: contents.withLock { $0.failure }) }
        }
        if let late { throw late }
    }

    /// Waits for the last word.
    func result() async throws(PostgresError) -> End {
        try await withCheckedContinuation { (waiter: EndWaiter) in
            let end = contents.withLock { contents -> Result<End, PostgresError>? in
                if contents.end == nil { contents.endWaiter = waiter }
                return contents.end
            }
            if let end { waiter.resume(returning: end) }
        }.get()
    }

    // MARK: For the event loop

    /// Whether the application would have to wait: for the network, and the server at its other end.
    var isFull: Bool { contents.withLock { $0.inFlight >= limit } }

    /// So many bytes have been handed to the network.
    func leave(_ count: Int) {
        let waiter = contents.withLock { contents -> Waiter? in
            contents.inFlight -= count
            guard let (waiter, count) = contents.waiter, contents.inFlight < limit else { return nil }
            contents.inFlight += count
            contents.waiter = nil
            return waiter
        }
        waiter?.resume(returning: nil)
    }

    /// Nothing more is wanted.
    func fail(_ error: PostgresError) {
        let waiter = contents.withLock { contents -> Waiter? in
            contents.failure = contents.failure ?? error
            defer { contents.waiter = nil }
            return contents.waiter?.0
        }
        waiter?.resume(returning: error)
    }

    /// The last word.
    func finish(_ end: Result<End, PostgresError>) {
        if case .failure(let error) = end { fail(error) } else { fail(PostgresError(.misuse, "the COPY is over")) }
        let waiter = contents.withLock { contents -> EndWaiter? in
            contents.end = contents.end ?? end
            defer { contents.endWaiter = nil }
            return contents.endWaiter
        }
        waiter?.resume(returning: end)
    }
}
