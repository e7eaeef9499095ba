import Synchronization

/// Limits how many bytes an application that sends much may be ahead of the network, and passes it the result.
final class FeedGate<End: Sendable>: Sendable {
    private typealias Waiter = CheckedContinuation<PostgresError?, Never>
    private typealias EndWaiter = CheckedContinuation<Result<End, PostgresError>, Never>

    private struct Contents {
        var inFlight = 0
        var failure: PostgresError?
        var end: Result<End, PostgresError>?
        /// The waiting task and the number of bytes it wants to send, which do not count yet.
        var waiter: (Waiter, count: Int)?
        var endWaiter: EndWaiter?
    }

    /// The maximum number of bytes in flight.
    let limit: Int
    private let contents = Mutex(Contents())

    /// Creates a gate.
    ///
    /// - Parameter limit: how many bytes may be on their way to the network.
    init(limit: Int) { self.limit = limit }

    // MARK: For the application

    /// Waits until this many bytes may be sent.
    ///
    /// - Throws: the error that ended the feed.
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

    /// Waits for the result.
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

    /// Whether the application would have to wait for the network or the server.
    var isFull: Bool { contents.withLock { $0.inFlight >= limit } }

    /// Called when this many bytes have been handed to the network.
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

    /// Ends the feed: no more data is accepted.
    func fail(_ error: PostgresError) {
        let waiter = contents.withLock { contents -> Waiter? in
            contents.failure = contents.failure ?? error
            defer { contents.waiter = nil }
            return contents.waiter?.0
        }
        waiter?.resume(returning: error)
    }

    /// Sets the result.
    func finish(_ end: Result<End, PostgresError>) {
        if case .failure(let error) = end { fail(error) } else { fail(PostgresError(.misuse, "the COPY has ended")) }
        let waiter = contents.withLock { contents -> EndWaiter? in
            contents.end = contents.end ?? end
            defer { contents.endWaiter = nil }
            return contents.endWaiter
        }
        waiter?.resume(returning: end)
    }
}
