extension PoolGroup {
    /// What a worker, or the process, has to do.
    package enum Action: Hashable, Sendable {
        /// Open a connection and log in. `fromReserve`: log "taking connection from reserve_pool".
        case connect(ServerID, PoolID, worker: WorkerID, fromReserve: Bool)
        /// Join client and server. The server is at `home`; from now on its home is `worker`, the client's.
        case link(ClientID, worker: WorkerID, ServerID, home: WorkerID)
        /// The server's parameters are known: finish the log-in.
        case welcome(ClientID, worker: WorkerID)
        /// Send the client an error and disconnect it.
        case reject(ClientID, worker: WorkerID, RejectReason)
        /// Tell the client that it is queued (`query_wait_notify`).
        case notifyQueued(ClientID, worker: WorkerID)
        /// Run `server_reset_query`, then report `serverReady` or `serverLost`.
        case reset(ServerID, worker: WorkerID)
        /// Run `server_check_query`, then report `serverReady` or `serverLost`.
        case check(ServerID, worker: WorkerID)
        /// Close the connection, linked client and all, then report `serverLost`.
        case close(ServerID, worker: WorkerID, CloseReason)

        /// Connect to the server's host without logging in, then report `cancelConnected` or `cancelFinished`.
        case openCancel(CancelID, target: ServerID, worker: WorkerID)
        /// Send the request for `target` on the connection, then report `cancelFinished` when it is closed.
        case sendCancel(CancelID, target: ServerID, worker: WorkerID)
        /// Drop the request and its connection, if any; nothing needs to be reported.
        case rejectCancel(CancelID, worker: WorkerID, CancelRejection)

        /// Every server of the paused database (`nil`: of all) is closed.
        case pauseDone(DatabaseID?)
        /// `RESUME` came before every server of the paused database (`nil`: of all) was closed.
        case pauseEnded(DatabaseID?)
        /// No server of the database (`nil`: of any) is marked for closing any more.
        case waitCloseDone(DatabaseID?)
        /// What the shutdown waited for has come.
        case shutdownDone
        /// The pool is removed: it was unused for `pool_idle_timeout`, or its database was removed.
        case poolRemoved(PoolID)
        /// The removed database has no server and no client any more.
        case databaseRemoved(DatabaseID)
        /// A user that no file names has no client and no pool any more.
        case userRemoved(UserID)
    }

    /// Why a waiting client is disconnected.
    package enum RejectReason: Hashable, Sendable {
        case waitTimeout
        case queryTimeout
        /// The server refused the log-in; the driver forwards the error of the failure that it has just reported.
        case loginFailed
        /// The last log-in failed and there is no server; the driver adds its cached error to the message
        /// "server login has been failing, cached error: … (server_login_retry)".
        case loginHasBeenFailing
        case shuttingDown
        case databaseRemoved

        /// PgBouncer's message.
        package var message: String {
            switch self {
            case .waitTimeout: "query_wait_timeout"
            case .queryTimeout: "query_timeout"
            case .loginFailed: "server login failed"
            case .loginHasBeenFailing: "server login has been failing, cached error: (server_login_retry)"
            case .shuttingDown: "server shutting down"
            case .databaseRemoved: "database removed"
            }
        }
    }

    /// Why a server is closed.
    package enum CloseReason: Hashable, Sendable {
        case idleTimeout
        case lifetimeOver
        case evicted
        /// It was marked for closing and is idle.
        case configurationChanged
        /// It was marked for closing and is still logging in.
        case connectStringChanged
        /// It was marked for closing and has just been released.
        case closeNeeded
        case paused
        case databaseRemoved
        case connectTimeout
        case tooManyServers

        /// PgBouncer's word after "closing because: ".
        package var message: String {
            switch self {
            case .idleTimeout: "server idle timeout"
            case .lifetimeOver: "server lifetime over"
            case .evicted: "evicted"
            case .configurationChanged: "database configuration changed"
            case .connectStringChanged: "connect string changed"
            case .closeNeeded: "close_needed"
            case .paused: "pause mode"
            case .databaseRemoved: "database removed"
            case .connectTimeout: "connect timeout"
            case .tooManyServers: "too many servers in the pool"
            }
        }
    }

    /// Why a cancel request is dropped.
    package enum CancelRejection: Hashable, Sendable {
        /// The query ended before the request could be sent.
        case clientIsIdle
        case cancelWaitTimeout
        case databaseRemoved

        /// PgBouncer's word after "closing because: ".
        package var message: String {
            switch self {
            case .clientIsIdle: "not sending cancel request for client that is now idle"
            case .cancelWaitTimeout: "cancel_wait_timeout"
            case .databaseRemoved: "database removed"
            }
        }
    }
}
