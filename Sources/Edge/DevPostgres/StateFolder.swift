import Foundation
import Glibc

/// The folder for all files of one `weir dev`: the cluster, its log, the generated configuration.
///
/// It is locked while this object lives, so two runs cannot share it, and a killed run leaves no lock.
package final class StateFolder {
    /// The location of a state folder.
    package enum Place: Hashable, Sendable {
        /// A folder that is kept, with its databases, for the next run.
        case kept(String)
        /// A new folder inside this one, removed at the end.
        case ephemeral(in: String)
    }

    package let path: String
    package let isEphemeral: Bool
    /// The account that owns the folder and runs PostgreSQL's programs.
    package let account: ProgramAccount
    private let lock: FolderLock

    /// The data folder of the cluster (`PGDATA`).
    package var data: String { "\(path)/data" }
    /// The file that receives PostgreSQL's output.
    package var log: String { "\(path)/postgres.log" }

    /// Creates the folder if it does not exist, gives it to `account` and locks it.
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
        if let barrier = account.firstInaccessibleFolder(to: path) {
            throw .unreachable(folder: path, blockedBy: barrier, account: account.name)
        }
    }

    /// The default location of a kept cluster: `$XDG_STATE_HOME/weir/dev`, else `~/.local/state/weir/dev`.
    ///
    /// For root it is `/var/lib/weir/dev`, because other accounts may not enter root's home.
    package static func defaultPath(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> String {
        // As the XDG base directory specification requires, a relative path is ignored.
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return "\(state)/weir/dev" }
        if geteuid() == 0 { return "/var/lib/weir/dev" }
        return "\(environment["HOME"] ?? NSHomeDirectory())/.local/state/weir/dev"
    }

    /// The location of ephemeral folders: `$TMPDIR`, else `/tmp`.
    package static func temporaryDirectory(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> String {
        guard let folder = environment["TMPDIR"], folder.hasPrefix("/") else { return "/tmp" }
        return folder
    }

    /// Writes a file that only its owner may read, completely or not at all.
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

    /// The text of a file in the folder; `nil` if it does not exist.
    package func read(_ name: String) -> String? {
        try? String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
    }

    /// Releases the lock and, if the folder is ephemeral, removes it with its contents.
    package func release() {
        if isEphemeral { try? FileManager.default.removeItem(atPath: path) }
        lock.release()
    }

    /// Creates the parent folders as a shell does: they belong to the current account, with the umask's permissions.
    private static func makeParents(of path: String) throws(DevPostgresError) {
        var folder = ""
        for part in path.split(separator: "/").dropLast() {
            folder += "/\(part)"
            guard unsafe mkdir(folder, 0o755) != 0, errno != EEXIST else { continue }
            let reason = lastSystemError()
            // Creating a folder that exists may fail because its parent is not writable; that is not an error yet.
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
