import IOEngine
import PoolCore

/// The orderly end of the process.
enum Shutdown {
    /// Stops accepting and lets the pools say when what is waited for has come.
    ///
    /// Unix sockets stay open, for the console: an operator must be able to see what the pooler still waits for.
    static func begin(_ mode: PoolGroup.ShutdownMode, _ shared: SharedState) {
        guard shared.console.beginShutdown(mode) else { return }
        shared.mailboxes[0].post(.stopListening(keepingUnix: true))
        shared.decide(.shutDown(mode))
    }
}
