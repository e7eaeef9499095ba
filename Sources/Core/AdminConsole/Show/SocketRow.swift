/// One connection, for SHOW CLIENTS, SERVERS, SOCKETS and ACTIVE_SOCKETS.
///
/// The daemon gathers all of them, pool by pool and within a pool in the order of ``SocketState``, then those that
/// are logging in; each table takes the ones it shows.
package struct SocketRow: Hashable, Sendable {
    /// The name it logged in with; `nil` before that is known.
    package var user: String?
    /// `nil` before it is known, and for the connections to peers.
    package var database: String?
    package var replication: Replication = .none
    package var state: SocketState
    /// The other end: an IP address, or `unix`.
    package var address: String
    package var port: Int
    /// Our end.
    package var localAddress: String
    package var localPort: Int
    /// Unix time in seconds.
    package var connectTime: Int64
    /// When the last request arrived; Unix time in seconds.
    ///
    /// PgBouncer shows the present time if there was none.
    package var requestTime: Int64
    /// How long the present request has waited, or run.
    package var waitMicroseconds: UInt64 = 0
    /// The server is to be closed as soon as it is released.
    package var closeNeeded = false
    /// Names the connection in the `ptr` and `link` columns: any number that no other living connection has.
    package var pointer: UInt64
    /// The ``pointer`` of the connection it is linked to.
    package var link: UInt64?
    /// The process at the other end, of a server or of a Unix socket; 0 if unknown.
    package var remotePID: Int = 0
    /// Protocol and cipher; empty without TLS.
    package var tls = ""
    package var applicationName = ""
    package var preparedStatements: Int = 0
    /// The number KILL_CLIENT takes.
    ///
    /// Clients and servers draw from one counter, in the order they came.
    package var id: UInt64
    package var buffer = Buffer()

    package enum Replication: String, Hashable, Sendable {
        case none, logical, physical
    }

    /// Where the connection's buffer stands; all zero when it holds none.
    package struct Buffer: Hashable, Sendable {
        package var receivePosition: Int = 0
        package var packetPosition: Int = 0
        /// Bytes of the present message that have not arrived.
        package var packetRemaining: Int = 0
        package var sendPosition: Int = 0
        /// Bytes that wait to be parsed.
        package var packetAvailable: Int = 0
        /// Bytes that wait to be sent.
        package var sendAvailable: Int = 0

        package init() {}

        /// What SHOW ACTIVE_SOCKETS leaves out.
        package var isEmpty: Bool { packetRemaining == 0 && packetAvailable == 0 && sendAvailable == 0 }
    }

    package init(
        state: SocketState, user: String?, database: String?, address: String, port: Int, localAddress: String,
        localPort: Int, connectTime: Int64, requestTime: Int64, pointer: UInt64, id: UInt64
    ) {
        self.state = state
        self.user = user
        self.database = database
        self.address = address
        self.port = port
        self.localAddress = localAddress
        self.localPort = localPort
        self.connectTime = connectTime
        self.requestTime = requestTime
        self.pointer = pointer
        self.id = id
    }
}
