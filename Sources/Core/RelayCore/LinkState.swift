public import PGWire

/// How long a server stays with its client: `pool_mode`.
@frozen public enum LinkScope: UInt8, Sendable {
    case session, transaction, statement
}

/// The state of a client's link to a server, and the decisions that follow from it: whether the two stay together, and
/// whether the server may serve another client.
///
/// A worker records every message that passes in ``requests`` and asks for a decision after each answer
/// (``continuation(status:clientIsAtBoundary:serverIsAtBoundary:)``) and when the client leaves
/// (``fate(after:status:clientIsAtBoundary:serverIsAtBoundary:)``). It carries the decision out and makes none itself.
///
/// A server may serve another client only when nothing of the last one can reach it or come back from it: every request
/// is answered (``RequestTracker/isSettled``), their number is certain, no transaction is open and no message is
/// incomplete in either direction.
///
/// Public because the compiler inlines nothing of another module that is only `package`.
public struct LinkState: Sendable {
    public var scope = LinkScope.session
    public var requests = RequestTracker()
    /// Apart from ``requests``, which the compiler would copy if it were larger, to read one of its fields.
    public var counts = StreamCounts()
    /// What is to be done with answers to messages that name prepared statements.
    var ledger = AnswerLedger() {
        didSet { hasEdits = !ledger.isEmpty }
    }
    /// Some answers are not simply passed on: each message of the server is to be asked about. A field, because reading
    /// it through a method would copy the state for every transaction.
    public private(set) var hasEdits = false

    public init() {}

    // MARK: - Messages

    /// Forgets everything of the last server, for the link to another.
    package mutating func restart() {
        requests.restart()
        counts = StreamCounts()
        if hasEdits { ledger.removeAll() }
    }

    /// Records a message on its way from client to server; see ``RequestTracker``.
    @inlinable public mutating func clientSent(_ type: MessageType) -> Bool { requests.clientSent(type, &counts) }

    /// Records a message of the client that is answered without the server.
    mutating func clientSentLocally() { requests.clientSentLocally() }

    /// Records a message from the server that is not ReadyForQuery.
    package mutating func serverSent(_ type: MessageType) { requests.serverSent(type, &counts) }

    /// Records ReadyForQuery.
    @inlinable public mutating func serverSentReadyForQuery() -> Bool { requests.serverSentReadyForQuery(&counts) }

    /// Counts answers of types in ``counted``.
    @inlinable public mutating func serverSentAnswers(_ count: UInt32) { counts.received.index &+= count }

    /// What happens to the link after an answer.
    @frozen public enum Continuation: Sendable {
        /// Answers are outstanding, or a message is incomplete: the two stay together.
        case awaitAnswers
        /// Everything is answered inside an open transaction: the two stay together.
        case awaitTransactionEnd
        /// The session is between two transactions: the two stay together.
        case awaitSessionEnd
        /// The server goes back to its pool.
        case separate
        /// The number of answers still to come is not known: the client goes on without this server, which is closed.
        case closeServer
        /// The client opened a transaction in statement mode: both connections are closed.
        case refuseTransaction
    }

    /// Decides what happens after a ReadyForQuery, or after the last part of a message that kept the two together.
    ///
    /// - Parameters:
    ///   - status: the transaction status of the server's last ReadyForQuery.
    ///   - clientIsAtBoundary: the client has sent no part of another message.
    ///   - serverIsAtBoundary: the server has sent no part of another message.
    package func continuation(
        status: TransactionStatus, clientIsAtBoundary: Bool, serverIsAtBoundary: Bool
    ) -> Continuation {
        Self.continuation(
            scope, isSettled: requests.isSettled, isDoubtful: requests.isDoubtful, status: status,
            isAtBoundary: clientIsAtBoundary && serverIsAtBoundary)
    }

    /// The same decision about the single facts: a method would have the caller copy the state for every transaction.
    @inlinable public static func continuation(
        _ scope: LinkScope, isSettled: Bool, isDoubtful: Bool, status: TransactionStatus, isAtBoundary: Bool
    ) -> Continuation {
        guard isSettled, isAtBoundary else { return .awaitAnswers }
        guard case .idle = status else {
            return scope == .statement ? .refuseTransaction : .awaitTransactionEnd
        }
        // In a session, doubt matters only when the client leaves.
        if scope == .session { return .awaitSessionEnd }
        return isDoubtful ? .closeServer : .separate
    }

    /// How a client leaves.
    @frozen public enum Departure: Sendable {
        /// It sent Terminate.
        case terminated
        /// Its connection broke, or the pooler closed it.
        case disconnected
    }

    /// What becomes of the server of a client that leaves.
    @frozen public enum ServerFate: Equatable, Sendable {
        /// It is clean and goes back to its pool.
        case release
        /// It finishes what it was asked to do, as it would for a client that was connected to it directly; then the
        /// next ``continuation(status:clientIsAtBoundary:serverIsAtBoundary:)`` decides.
        case drain
        /// It is sent Terminate and closes the connection itself when it comes to read that.
        case awaitClose
        /// It is closed. Terminate must not follow an incomplete message, which it would complete.
        case close(sendsTerminate: Bool, cancelsQuery: Bool)
    }

    /// Decides what becomes of the server when the client leaves.
    ///
    /// PostgreSQL finishes a running statement before it reads Terminate, and commits it. A connection that breaks
    /// instead has no reader left for the answer, so its statement is cancelled.
    @inlinable public func fate(
        after departure: Departure, status: TransactionStatus, clientIsAtBoundary: Bool, serverIsAtBoundary: Bool
    ) -> ServerFate {
        guard clientIsAtBoundary else {
            return .close(sendsTerminate: false, cancelsQuery: !requests.isSettled)
        }
        if requests.isSettled {
            let isClean = status == .idle && serverIsAtBoundary && !requests.isDoubtful
            return isClean ? .release : .close(sendsTerminate: true, cancelsQuery: false)
        }
        guard departure == .terminated else { return .close(sendsTerminate: true, cancelsQuery: true) }
        return requests.willSettle ? .drain : .awaitClose
    }
}

/// When a server must run `server_reset_query` before the next client gets it.
@frozen public enum ResetPolicy: UInt8, Sendable {
    /// `server_reset_query` is empty.
    case never
    case afterSession
    /// `server_reset_query_always`
    case always

    @inlinable public func applies(after scope: LinkScope) -> Bool {
        switch self {
        case .never: false
        case .afterSession: scope == .session
        case .always: true
        }
    }
}
