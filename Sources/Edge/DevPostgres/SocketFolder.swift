import Foundation

/// The folder of the Unix socket on which PostgreSQL listens.
///
/// The path of a Unix socket has at most 107 bytes, so a state folder with a long path gets a socket folder with a
/// short path elsewhere, and stores that path in a file for the clean-up.
struct SocketFolder {
    /// PostgreSQL's port, which only names the socket: `.s.PGSQL.5432`.
    static let port = 5432
    private static let longestPath = 107

    let path: String

    init(for folder: StateFolder) throws(DevPostgresError) {
        Self.removeTemporary(of: folder.path)
        let near = "\(folder.path)/socket"
        guard "\(near)/.s.PGSQL.\(Self.port)".utf8.count > Self.longestPath else {
            try makeFolder(near, for: folder.account)
            path = near
            return
        }
        path = try EphemeralFolders.makeFolder("/tmp/weir-socket-", for: folder.account)
        try folder.write(path, to: Self.noteName)
    }

    /// Removes the folder elsewhere, if there is one.
    static func removeTemporary(of folder: String) {
        let note = "\(folder)/\(noteName)"
        guard let path = try? String(contentsOfFile: note, encoding: .utf8),
            path.hasPrefix("/tmp/weir-socket-"), !path.dropFirst(5).contains("/")
        else { return }
        try? FileManager.default.removeItem(atPath: path)
        removeFile(note)
    }

    private static let noteName = "socket-folder"
}
