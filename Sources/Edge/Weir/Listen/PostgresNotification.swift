/// What somebody sent with NOTIFY.
public struct PostgresNotification: Hashable, Sendable {
    /// The channel it was sent to.
    public var channel: String
    /// What was sent along; empty if nothing was.
    public var payload: String
    /// The server process of the sender.
    public var processID: Int32

    /// A notification as it was received.
    public init(channel: String, payload: String = "", processID: Int32 = 0) {
        self.channel = channel
        self.payload = payload
        self.processID = processID
    }
}

/// What happens to one who listens.
public enum PostgresListenEvent: Sendable {
    /// Somebody sent something.
    case notification(PostgresNotification)
    /// From here on it is listened again; what was sent while it was not is lost. Read anew what you must not miss.
    ///
    /// Either the connection broke and there is a new one, or more notifications came than had been read: the error tells.
    case gap(PostgresError)
}

/// Notifications, as they come.
///
/// It ends when its task is cancelled. It throws if the server refuses a new connection, so that trying again is of no use.
public struct PostgresListenEvents: AsyncSequence, Sendable {
    let mailbox: ListenMailbox

    /// Reads on where the last loop stopped.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(mailbox: mailbox) }

    /// Reads events.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let mailbox: ListenMailbox

        /// The next event; waits for it.
        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws -> PostgresListenEvent? { try await mailbox.next() }

        /// The next event; waits for it.
        public mutating func next() async throws -> PostgresListenEvent? {
            try await next(isolation: nil)
        }
    }
}
