import Foundation
import Glibc

/// State folders in the temporary directory: created with a new name, removed at the end, cleaned up after a crash.
enum EphemeralFolders {
    private static let namePrefix = "weir-dev-"

    /// Creates and locks a folder, after removing those whose owner was killed.
    static func make(
        in parent: String, for account: ProgramAccount
    ) throws(DevPostgresError) -> (path: String, lock: FolderLock) {
        sweep(parent, account: account)
        let path = try makeFolder("\(parent)/\(namePrefix)", for: account)
        return (path, try FolderLock(folder: path, account: account))
    }

    /// Creates a folder that only `account` may enter, named `start` and six characters chosen by the system.
    static func makeFolder(_ start: String, for account: ProgramAccount) throws(DevPostgresError) -> String {
        var template = Array("\(start)XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else {
            throw .file("\(start)…", task: "create", reason: lastSystemError())
        }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try handOver(path, to: account)
        return path
    }

    /// Stops and removes what killed runs of this account left in `parent`.
    ///
    /// Any user can create entries in a temporary directory, so only real folders that belong to the account count.
    private static func sweep(_ parent: String, account: ProgramAccount) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
        for name in names where name.hasPrefix(namePrefix) {
            let path = "\(parent)/\(name)"
            guard let facts = facts(path, following: false), facts.st_mode & S_IFMT == S_IFDIR,
                facts.st_uid == account.user,
                let lock = FolderLock(leftBehind: path)
            else { continue }
            if (try? LeftoverPostgres.stop(data: "\(path)/data")) != nil {
                SocketFolder.removeTemporary(of: path)
                try? FileManager.default.removeItem(atPath: path)
            }
            lock.release()
        }
    }
}
