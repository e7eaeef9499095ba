import IOEngine
import MonotonicTime
import PGWire
import PoolCore
import PoolerConfig
import RelayCore

/// A connection from an application, as its worker remembers it.
struct Client {
    var id: ClientID
    var socket: SocketHandle
    var phase: ClientPhase = .startup
    /// The pool the client belongs to once its log-in has been accepted; `nil` for the console.
    var pool: Pool? {
        didSet {
            poolID = pool?.id
            database = pool?.database.id
        }
    }
    // Out of the pool's record, because each look into it would retain it.
    private(set) var poolID: PoolID?
    private(set) var database: DatabaseID?
    /// The slot of the linked server.
    var server: Slot<Server>?
    var link = LinkState()
    var scanner = MessageScanner()
    /// Bytes that have arrived and not been passed on: an incomplete first message, or a whole one while the client
    /// waits for a server. `nil` for an idle client.
    var held: [UInt8]?
    /// Messages that are dropped because the pooler answers their request itself.
    var skipping = RequestSkipping.no
    /// So many of the held bytes must have arrived before they can be passed on.
    var neededBytes = 0
    /// Its named prepared statements, outside of session pooling.
    var statements = ClientStatements()
    var parameters: TrackedParameters
    /// Present until the client is logged in.
    var login: PendingLogin?
    let details: ClientDetails
    var timeouts = ClientTimeouts()
    var readHolds: ReadHolds = []
    /// It has closed its sending side and still gets its answers.
    var hasEnded = false
    /// The last message forwarded by the server was a FATAL error: the client knows why it is disconnected.
    var knowsFatalError = false
    /// The rest of the message that is arriving is not passed on.
    var dropsMessage = false
    /// Its request is to be cancelled when its server comes, before the server sees it.
    var isCancelRequested = false
    /// Servers that were lost in a row before they served the present request.
    var lostServers: UInt8 = 0

    /// When it last sent a request, or finished one.
    var requestTime: Instant
    /// When the present query and transaction began; `nil` between them.
    var queryStart: Instant?
    var transactionStart: Instant?
    var waitStart: Instant?
    /// When the earliest armed timer fires.
    var armedTimer: Instant?
}

/// The changes that each transaction makes, in one call each.
extension Client {
    /// The client has been given a server.
    ///
    /// - Returns: the microseconds that it has waited.
    mutating func link(to server: Slot<Server>, at now: Instant) -> UInt64 {
        phase = .active
        self.server = server
        link.restart()
        knowsFatalError = false
        return UInt64(max(0, now.microseconds(since: waitStart ?? now)))
    }

    enum Beginning {
        /// Of a query, in a transaction that is open.
        case query
        case transaction
    }

    /// A message that is part of a request is on its way to the server.
    ///
    /// - Returns: what begins with it; `nil` within a query.
    mutating func noteRequest(at now: Instant) -> Beginning? {
        guard queryStart == nil else { return nil }
        let start = waitStart ?? now
        queryStart = start
        waitStart = nil
        requestTime = now
        lostServers = 0
        guard transactionStart == nil else { return .query }
        transactionStart = start
        return .transaction
    }

    /// Everything asked has been answered.
    ///
    /// - Returns: the microseconds that the query took, and the transaction if it is over.
    mutating func finishRequest(isTransactionOver: Bool, at now: Instant) -> (query: UInt64, transaction: UInt64) {
        let query = queryStart.map { now.microseconds(since: $0) } ?? 0
        queryStart = nil
        guard isTransactionOver else { return (UInt64(max(0, query)), 0) }
        let transaction = transactionStart.map { now.microseconds(since: $0) } ?? 0
        transactionStart = nil
        return (UInt64(max(0, query)), UInt64(max(0, transaction)))
    }
}

/// What a client is doing. PgBouncer's `CL_LOGIN` is split into its steps.
enum ClientPhase: UInt8 {
    /// Has not sent its start-up message.
    case startup
    /// Must authenticate.
    case authenticating
    /// Logged in as far as the pooler is concerned; waits to learn the server's parameters.
    case awaitingWelcome
    /// Between requests, or linked.
    case active
    /// Waits for a server.
    case waiting
    /// Logged in to the console.
    case console
    /// Asked the console for something that is not settled yet.
    case consoleWaiting
    /// A cancel request that is under way.
    case canceling

    var isConsole: Bool { self == .console || self == .consoleWaiting }

    var isLoggingIn: Bool { self == .startup || self == .authenticating || self == .awaitingWelcome }
}
