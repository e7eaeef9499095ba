import Foundation
import Glibc

/// The folder in which one `weir dev` keeps everything: the cluster, its log, the generated configuration.
///
/// It is locked while this value lives, so two runs cannot share it, and a run that was killed leaves no lock behind.
package final class StateFolder {
    /// Where a state folder comes from.
    package enum Place: Hashable, Sendable {
        /// Stays, with its databases, for the next run.
        case kept(String)
        /// A new folder with a name of its own inside this one, removed at the end.
        case ephemeral(in: String)
    }

    package let path: String
    package let isEphemeral: Bool
    /// Who owns the folder and runs PostgreSQL's programs.
    package let account: ProgramAccount
    private let lock: FolderLock

    /// The cluster itself (`PGDATA`).
    package var data: String { "\(path)/data" }
    /// What PostgreSQL prints.
    package var log: String { "\(path)/postgres.log" }

    /// Makes the folder if it is not there, gives it to `account` and locks it.
    package init(_ place: Place, account: ProgramAccount) throws(DevPostgresError) {
        self.account = account
        switch place {
        case .kept(let path):
            self.path = path
            isEphemeral = false
            try Self.make(path, for: account)
            lock = try FolderLock(folder: path, account: account)
        case .ephemeral(let parent):
            let folder = try EphemeralFolders.make(in: parent, for: account)
            (path, lock) = (folder.path, folder.lock)
            isEphemeral = true
        }
        if let barrier = account.firstBarrier(to: path) {
            throw .unreachable(folder: path, blockedBy: barrier, account: account.name)
        }
    }

    /// Where a kept cluster lives: `$XDG_STATE_HOME/weir/dev`, else `~/.local/state/weir/dev`.
    ///
    /// Root's own is `/var/lib/weir/dev`, because nobody else may enter root's home.
    package static func defaultPath(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> String {
        // The XDG base directory specification: a relative path is to be ignored.
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return "\(state)/weir/dev" }
        if geteuid() == 0 { return "/var/lib/weir/dev" }
        return "\(environment["HOME"] ?? NSHomeDirectory())/.local/state/weir/dev"
    }

    /// Where ephemeral folders are made: `$TMPDIR`, else `/tmp`.
    package static func temporaryDirectory(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> String {
        guard let folder = environment["TMPDIR"], folder.hasPrefix("/") else { return "/tmp" }
        return folder
    }

    /// Writes a file that only its owner may read, complete or not at all.
    package func write(_ text: String, to name: String) throws(DevPostgresError) {
        let target = "\(path)/\(name)"
        let draft = "\(target).new"
        removeFile(draft)
        let descriptor = try openFile(draft, O_WRONLY | O_CREAT | O_EXCL)
        defer { close(descriptor) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .file(draft, task: "write", reason: lastSystemError()) }
            rest = rest.dropFirst(count)
        }
        try handOver(draft, to: account)
        try renameFile(draft, to: target)
    }

    /// The text of a file in the folder, or `nil` if it is not there.
    package func read(_ name: String) -> String? {
        try? String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
    }

    /// Gives the folder back: the lock, and if it is ephemeral all it holds.
    package func release() {
        if isEphemeral { try? FileManager.default.removeItem(atPath: path) }
        lock.release()
    }

    /// Makes the folders above, as a shell would: they stay ours, and open to whom the umask lets in.
    private static func makeParents(of path: String) throws(DevPostgresError) {
        var folder = ""
        for part in path.split(separator: "/").dropLast() {
            folder += "/\(part)"
            guard unsafe mkdir(folder, 0o755) != 0, errno != EEXIST else { continue }
            let reason = lastSystemError()
            // A folder that is there may still be one in which nothing can be made; that is not yet a fault.
            if !exists(folder) { throw .file(folder, task: "create", reason: reason) }
        }
    }

    private static func make(_ path: String, for account: ProgramAccount) throws(DevPostgresError) {
        try makeParents(of: path)
        try makeFolder(path, for: account)
        guard let facts = facts(path), facts.st_mode & S_IFMT == S_IFDIR else {
            throw .file(path, task: "use", reason: "it is not a folder")
        }
        guard facts.st_uid == account.user else {
            throw .file(path, task: "use", reason: "it belongs to user \(facts.st_uid), not to \(account.name)")
        }
    }
}
