import IOEngine
import LoginCore
import MonotonicTime
import PGWire
import PoolCore
import RelayCore

/// A connection to PostgreSQL. A plain value, so that it can move to another worker with the client it is linked to.
struct Server: Sendable {
    let id: ServerID
    let pool: PoolRecord
    var socket: SocketHandle = .none
    var phase: ServerPhase = .connecting
    /// The slot of the linked client.
    var client: Slot<Client>?
    var scanner = MessageScanner()
    /// The piece that is being handled has more bytes of this server: it must not be given to a client now.
    var hasUnread = false
    /// The body of a message that must be understood and has not arrived whole.
    var captured: [UInt8]?
    /// From the last ReadyForQuery.
    var status: TransactionStatus = .idle
    var parameters: TrackedParameters
    /// ParameterStatus messages of untracked parameters, collected during the log-in.
    var fixedParameters = WireWriter()
    var login: PendingServerLogin?
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

extension Server {
    /// Joins it to a client.
    mutating func link(to client: Slot<Client>, at now: Instant) {
        self.client = client
        phase = .linked
        requestTime = now
    }
}

/// What a server is doing; the pools know the rest (idle, used, being cancelled).
enum ServerPhase: UInt8, Sendable {
    /// Its host name is being looked up, or the connection is being made.
    case connecting
    /// Authentication and start-up.
    case loggingIn
    /// Runs `connect_query`.
    case connectQuery
    /// Not in use.
    case idle
    /// Joined to a client.
    case linked
    /// Joined to a client, and being given the client's parameters first.
    case settingParameters
    /// Runs `server_reset_query`.
    case resetting
    /// Runs `server_check_query`.
    case checking
}

/// A log-in to a server that is under way.
struct PendingServerLogin: Sendable {
    var exchange: ServerLogin
    /// The log-in failed for a reason that has been recorded for the clients that wait.
    var isRefused = false
}
