import AdminConsole
import IOEngine
import PGAuth
import PoolCore

/// What one worker asks of another, or the process of all of them.
enum Mail: Sendable {
    /// A new client connection, for this worker to keep.
    case adopt(DetachedSocket)
    /// A decision of the pools that this worker must carry out.
    case perform(PoolGroup.Action)
    /// A server on its way to the client it is linked to.
    case take(Server, DetachedSocket, for: ClientID)
    /// The server a client was promised broke before it arrived.
    case linkFailed(ClientID, ServerID)
    /// A cancel request for a client of this worker.
    case cancel(CancelID, target: ClientID, requester: WorkerID)
    /// A cancel request has been dealt with; its connection may be closed.
    case cancelDone(CancelID, reason: String)
    /// A host name has been looked up for a server that this worker is opening.
    case resolved(ServerID, host: String, Resolver.Answer)
    /// A password has been hashed for the log-in of a client of this worker.
    case hashedForClient(ClientID, ScramSecret)
    /// A password has been hashed for a server that this worker is opening.
    case hashedForServer(ServerID, ScramKeys)
    /// The settings or files have been read again.
    case configurationChanged
    /// Servers have been marked for closing; see `server_fast_close`.
    case serversMarked
    /// Contribute to a table of the console.
    case gather(Gathering)
    /// A console command that had to wait is answered.
    case consoleReply(ClientID, AdminReply)
    /// The same, encoded by ``HelperThreads``.
    case consoleAnswer(ClientID, [UInt8])
    /// `KILL`, `KILL_CLIENT` or a removed database: disconnect these clients.
    case disconnect(ClientSelection, reason: String)
    /// Stop accepting: all listeners, or all but Unix sockets (which stay open for the console).
    case stopListening(keepingUnix: Bool)
    /// Close what there is and end the thread.
    case stop
}

/// Which clients a command is about.
enum ClientSelection: Sendable {
    case one(ClientID)
    case database(DatabaseID)
    /// All but those of the console.
    case all
}
