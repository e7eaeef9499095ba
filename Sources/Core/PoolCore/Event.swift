package import MonotonicTime

extension PoolGroup {
    /// Why a client waits.
    package enum WaitPurpose: Hashable, Sendable {
        /// It has a query to run.
        case server
        /// It is logging in: it needs to be told the parameters of the pool's servers, not a server. Answered at once
        /// unless they are unknown or out of date.
        case welcome
        /// It is not logged in: the pooler needs a server to run `auth_query` for it.
        case authQuery
    }

    /// Why a server could not be opened.
    package enum ConnectFailure: Hashable, Sendable {
        /// No connection, or it broke: waiting clients keep waiting.
        case network
        /// The server refused the log-in; its error fails the waiting clients unless it is `57P03` or the pool still
        /// has a usable server.
        ///
        /// `isRemembered` is false for a refusal whose cause an application may remove at any moment, such as a
        /// database that does not exist (`3D000`): then the next client does not wait for `server_login_retry`.
        case login(failWaiters: Bool, isRemembered: Bool = true)
    }

    /// What has happened. An event about a client, server or pool that is already gone is ignored.
    package enum Event: Hashable, Sendable {
        /// A client is logged in and belongs to the pool (it may still wait for its welcome).
        case clientJoined(ClientID, PoolID)
        /// A client of the pool is gone. Send `clientLeft` first if it may be waiting, and release or lose its server.
        case clientParted(ClientID, PoolID)
        /// `since` is when it began to wait. `atFront` is for a client whose server broke before it was used.
        case clientWaits(
            ClientID, PoolID, worker: WorkerID, for: WaitPurpose, since: Instant, atFront: Bool = false)
        /// A client stopped waiting. If its `link` is already under way, the driver releases that server unused.
        case clientLeft(ClientID)

        /// Connected, logged in, idle.
        case serverLoggedIn(ServerID)
        /// The connection was not made; it is gone and no longer counts.
        case connectFailed(ServerID, ConnectFailure)
        /// The linked client has finished and the server is clean.
        case serverReleased(ServerID)
        /// The linked client has finished and `server_reset_query` has to run first. Answered by `close` or `reset`, at
        /// once unless a cancel request is under way, which must not hit the reset query.
        case serverNeedsReset(ServerID)
        /// The reset or check query succeeded.
        case serverReady(ServerID)
        /// The server must be closed when free, e.g. because its address left the DNS answer.
        case serverObsolete(ServerID)
        /// The connection is closed, by either side. Until then it counts towards every limit.
        case serverLost(ServerID)

        /// A cancel request arrived for the client that `target` is linked to.
        case cancelRequested(CancelID, target: ServerID, worker: WorkerID)
        /// The connection asked for by `openCancel` is up; answered by `sendCancel` or `rejectCancel`.
        case cancelConnected(CancelID)
        /// The request was sent and the server closed the connection, or it failed, or its sender left.
        case cancelFinished(CancelID)

        /// The instant in ``PoolGroup/nextDeadline`` has come.
        case timePassed

        /// `PAUSE`; `nil` means every database. Answered by `pauseDone`, or by `pauseEnded` if `resume` comes first.
        case pause(DatabaseID?)
        /// `SUSPEND`, by a console. Answered as `pause(nil)` is.
        case suspend(by: ClientID)
        /// `RESUME`.
        case resume(DatabaseID?)
        /// The connection of a console is closed. If it suspended the pooler, this resumes it.
        case consoleClosed(ClientID)
        /// `RECONNECT`: servers are closed when free.
        case reconnect(DatabaseID?)
        /// `WAIT_CLOSE`. Answered by `waitCloseDone`.
        case waitClose(DatabaseID?)
        /// `KILL`: pauses, closes every server and rejects every waiting client. The driver drops the other clients.
        case kill(DatabaseID?)
        /// `DISABLE`: no new clients.
        case disable(DatabaseID)
        /// `ENABLE`.
        case enable(DatabaseID)
        /// `SHUTDOWN`. Answered by `shutdownDone`.
        case shutDown(ShutdownMode)
    }

    /// What a shutdown waits for.
    package enum ShutdownMode: Hashable, Sendable {
        /// Waiting clients are rejected and servers are closed as they become free.
        case waitForServers
        /// No new clients; the others may stay for as long as they like.
        case waitForClients
    }
}
