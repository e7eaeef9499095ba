import IOEngine
import PoolCore

/// The orderly end of the process.
enum Shutdown {
    /// Stops accepting clients; the pools say when what the shutdown waits for has come. A second call changes the mode.
    ///
    /// Unix sockets stay open, for the console: an operator must be able to see what the pooler still waits for.
    static func begin(_ mode: PoolGroup.ShutdownMode, _ shared: SharedState) {
        if shared.shutdownMode == nil { shared.mailboxes[0].post(.stopListening(keepingUnix: true)) }
        shared.decide(.shutDown(mode))
    }
}
