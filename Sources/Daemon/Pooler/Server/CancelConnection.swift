import IOEngine
import PoolCore

/// A cancel request at the worker of the client it is about, and the connection to PostgreSQL that carries it.
struct CancelConnection {
    /// `nil` for a request of the pooler's own, which no client waits for.
    let id: CancelID?
    var socket: SocketHandle = .none
    let address: SocketAddress
    /// The server whose query is to be cancelled; `nil` if it is gone from the pools.
    let target: ServerID?
    /// Process ID and secret of the server whose query is to be cancelled.
    let key: [UInt8]
    /// The request has been sent, or has begun to be.
    var isSent = false
    /// The worker that keeps the connection the request came in on.
    let requester: WorkerID?
}
