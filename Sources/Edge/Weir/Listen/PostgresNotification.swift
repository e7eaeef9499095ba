/// A notification sent with NOTIFY.
public struct PostgresNotification: Hashable, Sendable {
    /// The channel it was sent to.
    public var channel: String
    /// The payload; empty if there is none.
    public var payload: String
    /// The process ID of the server process that sent it.
    public var processID: Int32

    /// Creates a notification.
    public init(channel: String, payload: String = "", processID: Int32 = 0) {
        self.channel = channel
        self.payload = payload
        self.processID = processID
    }
}

/// An event of a listening connection.
public enum PostgresListenEvent: Sendable {
    /// A notification arrived.
    case notification(PostgresNotification)
    /// Notifications may have been missed before this point; reload any state that must be current.
    ///
    /// Either the connection broke and was replaced, or more notifications arrived than had been read: the error says
    /// which.
    case gap(PostgresError)
}

/// The notifications, as they arrive.
///
/// The sequence ends when its task is cancelled. It throws if the server refuses a new connection in a way that makes
/// another attempt useless.
public struct PostgresListenEvents: AsyncSequence, Sendable {
    let mailbox: ListenMailbox

    /// Creates an iterator, which continues where the last loop stopped.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(mailbox: mailbox) }

    /// Reads the events.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let mailbox: ListenMailbox

        /// Waits for the next event and returns it.
        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws -> PostgresListenEvent? { try await mailbox.next() }

        /// Waits for the next event and returns it.
        public mutating func next() async throws -> PostgresListenEvent? {
            try await next(isolation: nil)
        }
    }
}
