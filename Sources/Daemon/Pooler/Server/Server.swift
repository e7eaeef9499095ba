import IOEngine
import LoginCore
import MonotonicTime
import PGWire
import PoolCore
import RelayCore

/// A connection to PostgreSQL. A plain value, so that it can move to another worker with the client it is linked to.
struct Server: Sendable {
    let id: ServerID
    let pool: Pool
    var socket: SocketHandle = .none
    var use = ServerUse.errand(.connecting)
    var scanner = MessageScanner()
    /// The piece that is being handled has more bytes of this server, so that no client may get it now.
    var hasUnread = false
    /// The body of a message that must be understood and has not arrived whole.
    var captured: [UInt8]?
    /// An error that is read before it is passed on and has not arrived whole; nearly always empty.
    var withheld: [UInt8] = []
    /// From the last ReadyForQuery.
    var status: TransactionStatus = .idle
    var parameters: TrackedParameters
    /// The statements that it has prepared.
    var statements = ServerStatements()
    /// ParameterStatus messages of untracked parameters, collected during the log-in.
    var fixedParameters = WireWriter()
    var login: PendingServerLogin?
    /// While the server drains: what its last client was still to be answered.
    var draining: LinkState?
    /// When it must have finished, if `query_timeout` limits that.
    var drainDeadline: Instant?
    var address: SocketAddress
    /// Process ID and secret from BackendKeyData.
    var cancelKey: [UInt8] = []
    /// Receiving is stopped until the client has taken what is queued for it.
    var isHeldBack = false
    var connectTime: Instant
    /// Seconds since 1970.
    var connectDate: Int64
    var requestTime: Instant
}

/// The one use that a server has at a time. The pools know more of an idle one (used, being cancelled).
enum ServerUse: Hashable, Sendable {
    /// Waits in its pool.
    case idle
    case linked(Slot<Client>)
    /// Does something for the pooler itself.
    case errand(ServerErrand)
    /// Finishes the requests of a client that has sent Terminate.
    case draining
    /// Has been sent Terminate, and closes the connection when it comes to read it.
    case closing
}

/// What a server does for the pooler itself.
enum ServerErrand: Hashable, Sendable {
    /// Its host name is being looked up, or the connection is being made.
    case connecting
    /// Authentication and start-up.
    case loggingIn
    /// Runs `connect_query`.
    case connectQuery
    /// Takes over the parameters of a client before it serves it; `nil` when the client has left meanwhile.
    case settingParameters(for: Slot<Client>?)
    /// Runs `server_reset_query`.
    case resetting
    /// Runs `server_check_query`.
    case checking
}

extension Server {
    /// The client that it is linked to, or takes over the parameters of.
    @inline(__always)
    var client: Slot<Client>? {
        switch use {
        case .linked(let client): client
        case .errand(.settingParameters(let client)): client
        default: nil
        }
    }

    @inline(__always)
    var isLinked: Bool { if case .linked = use { true } else { false } }

    @inline(__always)
    var isSettingParameters: Bool { if case .errand(.settingParameters) = use { true } else { false } }

    /// The connection has not got as far as being idle for the first time.
    var isOpening: Bool { use == .errand(.connecting) || use == .errand(.loggingIn) || use == .errand(.connectQuery) }

    /// Links it to a client.
    mutating func link(to client: Slot<Client>, at now: Instant) {
        use = .linked(client)
        requestTime = now
    }
}

/// A log-in to a server that is under way.
struct PendingServerLogin: Sendable {
    var exchange: ServerLogin
    /// The log-in failed for a reason that has been recorded for the clients that wait.
    var isRefused = false
}
