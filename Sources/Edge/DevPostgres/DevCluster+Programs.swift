import Foundation
import Glibc

// The calls of PostgreSQL's programs.
extension DevCluster {
    /// Chooses the newest installation; for an existing cluster, the newest of its major version.
    static func choose(
        from installed: [PostgresInstallation], for folder: StateFolder
    ) throws(DevPostgresError) -> PostgresInstallation {
        guard let newest = installed.first else { throw .postgresNotFound(searched: []) }
        guard exists(folder.data) else { return newest }
        guard let text = folder.read("data/PG_VERSION") else {
            if exists("\(folder.data)/PG_VERSION") {
                throw .file("\(folder.data)/PG_VERSION", task: "read", reason: systemError(EACCES))
            }
            throw .notACluster(folder: folder.data)
        }
        let version = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard let match = installed.first(where: { String($0.version.major) == version }) else {
            throw .otherMajorVersion(folder: folder.data, cluster: version, installed: installed.map(\.version))
        }
        return match
    }

    /// Runs `initdb` unless the cluster exists.
    ///
    /// It works in a folder with another name, so that a killed `initdb` never leaves half a cluster.
    static func createIfMissing(
        in folder: StateFolder, with installation: PostgresInstallation
    ) throws(DevPostgresError) {
        guard !exists(folder.data) else { return }
        let draft = "\(folder.path)/data.new"
        try? FileManager.default.removeItem(atPath: draft)
        var command = try folder.account.commandPrefix()
        command += [
            installation.program("initdb"), "--pgdata", draft, "--username", superuser, "--encoding", "UTF8",
            "--locale", locale, "--auth-local", "trust", "--auth-host", "reject",
        ]
        if folder.isEphemeral { command.append("--no-sync") }
        let result = try ChildProcess.run(command)
        guard result.ending.isSuccess else {
            try? FileManager.default.removeItem(atPath: draft)
            throw .programFailed(
                installation.program("initdb"), status: result.ending.description,
                output: result.output.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        try renameFile(draft, to: folder.data)
    }

    /// Starts the server as a child process.
    static func startServer(
        in folder: StateFolder, socketFolder: String, with installation: PostgresInstallation,
        _ more: [(name: String, value: String)]
    ) throws(DevPostgresError) -> ChildProcess {
        var command = try folder.account.commandPrefix()
        command += [installation.program("postgres"), "-D", folder.data, "-k", socketFolder]
        command += ["-p", String(SocketFolder.port)]
        var settings = [
            ("listen_addresses", ""), ("unix_socket_permissions", "0700"), ("logging_collector", "off"),
            ("log_destination", "stderr"),
        ]
        if folder.isEphemeral {
            settings += [("fsync", "off"), ("synchronous_commit", "off"), ("full_page_writes", "off")]
        }
        for (name, value) in settings + more { command += ["-c", "\(name)=\(value)"] }

        let log = try openLog(of: folder)
        defer { close(log) }
        return try ChildProcess.start(command, output: log)
    }

    /// The C locale's sort order, which every machine has; with Unicode's letters if the C library supports C.UTF-8.
    private static var locale: String {
        guard let known = unsafe newlocale(Int32(LC_CTYPE_MASK), "C.UTF-8", nil) else { return "C" }
        unsafe freelocale(known)
        return "C.UTF-8"
    }

    private static func openLog(of folder: StateFolder) throws(DevPostgresError) -> Int32 {
        let isLarge = (facts(folder.log)?.st_size ?? 0) > 10_000_000
        let descriptor = try openFile(folder.log, O_WRONLY | O_CREAT | O_APPEND | (isLarge ? O_TRUNC : 0))
        try handOver(folder.log, to: folder.account)
        return descriptor
    }
}
