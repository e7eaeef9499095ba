import IOEngine
import MonotonicTime
import PGAuth
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
    var pool: PoolRecord? {
        didSet {
            poolID = pool?.id
            database = pool?.database.id
        }
    }
    // Out of the pool's record, because each look into it would retain it.
    private(set) var poolID: PoolID?
    private(set) var database: DatabaseID?
    var mode: PoolMode = .session
    /// The slot of the linked server.
    var server: UInt32?
    var scanner = MessageScanner()
    var requests = RequestTracker()
    /// Bytes that have arrived and not been passed on: an incomplete first message, or a whole one while the client
    /// waits for a server. `nil` for an idle client.
    var held: [UInt8]?
    var parameters: TrackedParameters
    /// Present until the client is logged in.
    var login: ClientLogin?
    let details: ClientDetails
    var timeouts = ClientTimeouts()
    /// Receiving is stopped until the server has taken what is queued for it.
    var isHeldBack = false
    /// It has not taken its last answer; until it has, it is not read.
    var isBacklogged = false
    /// The last message forwarded by the server was a FATAL error: the client knows why it is disconnected.
    var knowsFatalError = false

    /// When it last sent a request, or finished one.
    var requestTime: Instant
    /// When the present query and transaction began; `nil` between them.
    var queryStart: Instant?
    var transactionStart: Instant?
    var waitStart: Instant?
    /// When the earliest armed timer fires.
    var armedTimer: Instant?
}

/// What a client is doing. PgBouncer's `CL_LOGIN` is split into its steps.
enum ClientPhase: UInt8 {
    /// Has not sent its start-up message.
    case startup
    /// Must prove who it is.
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

    var isLoggingIn: Bool { self == .startup || self == .authenticating || self == .awaitingWelcome }
}

/// What does not change, or rarely, and is not needed for forwarding.
final class ClientDetails {
    var peer: SocketAddress
    /// The account at the other end of a Unix socket.
    var peerUser: UInt32?
    let connectTime: Instant
    /// Seconds since 1970.
    let connectDate: Int64
    /// The name asked for, and whether the configuration has it.
    var database = ""
    var isDatabaseKnown = false
    var user = ""
    var role: ConsoleRole = .none
    var cancelKey: CancelKey?
    /// What the client counts towards, to be given back.
    var admission: Admission?
    var joinedPool: PoolID?

    struct Admission {
        var database: DatabaseID?
        var user: UserID?
    }

    enum ConsoleRole { case none, admin, stats }

    init(peer: SocketAddress, connectTime: Instant) {
        self.peer = peer
        self.connectTime = connectTime
        connectDate = WallClock.seconds()
    }
}

/// What a log-in needs to remember between its messages.
final class ClientLogin {
    /// Bytes of an incomplete packet.
    var received: [UInt8] = []
    var request: StartupRequest?
    /// The database, if it is known; one that would be made from the fallback entry is not made for strangers.
    var database: DatabaseRecord?
    var entry: DatabaseEntry?
    var user: UserRecord?
    var method: Method = .none
    /// The database exists but is disabled: said after authentication only.
    var isDisabled = false

    enum Method {
        case none
        case cleartext
        case md5(salt: [UInt8])
        case scramFirst
        case scramFinal(ScramServer)
    }
}
