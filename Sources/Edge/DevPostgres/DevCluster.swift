import Foundation
import Glibc

/// A private PostgreSQL: made on the first start, stopped by ``stop(hurryWhen:)``.
///
/// It listens on a Unix socket in a folder that only its owner may enter, and nowhere else; there it trusts everybody.
package final class DevCluster {
    /// The superuser, and the database that exists from the start.
    package static let superuser = "postgres"

    package let folder: StateFolder
    package let version: PostgresVersion
    /// What to give as `host`.
    package let socketFolder: String
    /// What to give as `port`; it only names the socket.
    package var port: Int { SocketFolder.port }
    /// What happened that the developer should know, in whole sentences; empty as a rule.
    package private(set) var remarks: [String] = []

    private let child: ChildProcess
    private var ending: ChildProcess.Ending?

    /// Starts the cluster in `folder`, making it first if there is none, and waits until it accepts connections.
    ///
    /// A PostgreSQL that an earlier, killed weir left running there is stopped first.
    ///
    /// - Parameters:
    ///   - programs: the folder of PostgreSQL's programs; by default they are searched for.
    ///   - settings: for this start, names and values as in `postgresql.conf`.
    ///   - patience: how long it may take to accept connections, in seconds; recovery after a crash takes time.
    package init(
        in folder: StateFolder, programs: String? = nil, settings: [(name: String, value: String)] = [],
        patience: Int = 60
    ) throws(DevPostgresError) {
        self.folder = folder
        let installed = try PostgresInstallation.all(in: programs)
        if let process = try LeftoverPostgres.stop(data: folder.data) {
            remarks.append("Stopped PostgreSQL (process \(process)), which an earlier weir had left running.")
        }
        let installation = try Self.choose(from: installed, for: folder)
        try Self.createIfMissing(in: folder, with: installation)
        version = installation.version
        let socket = try SocketFolder(for: folder)
        socketFolder = socket.path
        child = try Self.startServer(in: folder, socketFolder: socket.path, with: installation, settings)
        do throws(DevPostgresError) {
            try waitUntilReady(patience)
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
    /// First a fast shutdown, which rolls back what is open and ends every connection. If that takes more than ten
    /// seconds, or `hurryWhen` says so, an immediate one, from which the next start recovers.
    package func stop(hurryWhen isHurried: () -> Bool = { false }) {
        if isRunning {
            child.send(SIGINT)
            _ = Patience(seconds: 10).wait { !isRunning || isHurried() }
        }
        if isRunning {
            child.send(SIGQUIT)
            _ = Patience(seconds: 5).wait { !isRunning }
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
        let isDecided = Patience(seconds: Double(seconds)).wait { !isRunning || isReady }
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
