import Foundation
import Glibc

/// A private PostgreSQL: created on the first start, stopped by ``stop(immediatelyWhen:)``.
///
/// It listens only on a Unix socket in a folder that only its owner may enter; there it accepts every user without a
/// password.
package final class DevCluster {
    /// The superuser, and the database that exists from the start.
    package static let superuser = "postgres"

    package let folder: StateFolder
    package let version: PostgresVersion
    /// The value for `host`.
    package let socketFolder: String
    /// The value for `port`; it only names the socket.
    package var port: Int { SocketFolder.port }
    /// Messages for the developer, in whole sentences; usually empty.
    package private(set) var remarks: [String] = []

    private let child: ChildProcess
    private var ending: ChildProcess.Ending?

    /// Starts the cluster in `folder`, creating it first if there is none, and waits until it accepts connections.
    ///
    /// If an earlier, killed weir left a PostgreSQL running there, that one is stopped first.
    ///
    /// - Parameters:
    ///   - programs: the folder of PostgreSQL's programs; by default they are searched for.
    ///   - settings: settings for this start, with names and values as in `postgresql.conf`.
    ///   - timeLimit: the time until it must accept connections, in seconds; recovery after a crash takes time.
    package init(
        in folder: StateFolder, programs: String? = nil, settings: [(name: String, value: String)] = [],
        timeLimit: Int = 60
    ) throws(DevPostgresError) {
        self.folder = folder
        let installed = try PostgresInstallation.all(in: programs)
        if let process = try LeftoverPostgres.stop(data: folder.data) {
            remarks.append("Stopped PostgreSQL (process \(process)), left running by an earlier weir.")
        }
        let installation = try Self.choose(from: installed, for: folder)
        try Self.createIfMissing(in: folder, with: installation)
        version = installation.version
        let socket = try SocketFolder(for: folder)
        socketFolder = socket.path
        child = try Self.startServer(in: folder, socketFolder: socket.path, with: installation, settings)
        do throws(DevPostgresError) {
            try waitUntilReady(timeLimit)
        } catch {
            stop()
            throw error
        }
    }

    /// Whether PostgreSQL still runs.
    package var isRunning: Bool {
        if ending == nil { ending = child.endingIfEnded() }
        return ending == nil
    }

    /// Stops PostgreSQL and returns when it has ended.
    ///
    /// First it requests a fast shutdown, which rolls back open transactions and ends every connection. If that takes
    /// more than ten seconds, or `immediatelyWhen` returns true, it requests an immediate one, from which the next start
    /// recovers.
    package func stop(immediatelyWhen isUrgent: () -> Bool = { false }) {
        if isRunning {
            child.send(SIGINT)
            _ = Polling(seconds: 10).wait { !isRunning || isUrgent() }
        }
        if isRunning {
            child.send(SIGQUIT)
            _ = Polling(seconds: 5).wait { !isRunning }
        }
        if isRunning {
            child.send(SIGKILL)
            ending = child.wait()
        }
        SocketFolder.removeTemporary(of: folder.path)
    }

    /// The end of PostgreSQL's log.
    package var lastLogLines: String {
        let text = (try? String(contentsOfFile: folder.log, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(8).joined(separator: "\n")
    }

    private func waitUntilReady(_ seconds: Int) throws(DevPostgresError) {
        let isDecided = Polling(seconds: Double(seconds)).wait { !isRunning || isReady }
        if let ending {
            throw .didNotStart(status: ending.description, log: folder.log, lastLines: lastLogLines)
        }
        guard isDecided else {
            throw .notReady(afterSeconds: seconds, log: folder.log, lastLines: lastLogLines)
        }
    }

    private var isReady: Bool {
        guard let text = try? String(contentsOfFile: "\(folder.data)/postmaster.pid", encoding: .utf8),
            let file = PostmasterFile(text: text)
        else { return false }
        return file.process == child.process && file.isReady
    }
}
