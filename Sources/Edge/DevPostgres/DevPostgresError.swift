/// The error thrown when a private PostgreSQL cannot be started. Every description ends with what to do about it.
package enum DevPostgresError: Error, Hashable, Sendable {
    /// None of the searched folders contains PostgreSQL's server programs.
    case postgresNotFound(searched: [String])
    /// The folder given by the caller lacks one of the programs.
    case programMissing(String, folder: String)
    /// The output of `postgres --version` is not a version.
    case unknownVersion(program: String, output: String)
    /// PostgreSQL refuses to run as root, and this machine has no account to run it as.
    case noUnprivilegedAccount
    /// `setpriv` is needed to start a program as another account, and is not installed.
    case cannotStartAs(account: String)
    /// The process could not switch to another account.
    case cannotBecome(account: String, reason: String)
    /// A file or folder could not be created, read, removed, or given to an account.
    case file(String, task: String, reason: String)
    /// The account that runs PostgreSQL may not enter one of the parent folders of its own.
    case unreachable(folder: String, blockedBy: String, account: String)
    /// Another process holds the lock of the state folder.
    case inUse(folder: String, process: Int32?)
    /// The folder contains files that are not a PostgreSQL cluster.
    case notACluster(folder: String)
    /// The kept cluster needs a major version that is not installed.
    case otherMajorVersion(folder: String, cluster: String, installed: [PostgresVersion])
    /// A program ended with an error; the description includes its output.
    case programFailed(String, status: String, output: String)
    /// PostgreSQL ended while starting; the description includes the end of its log.
    case didNotStart(status: String, log: String, lastLines: String)
    /// PostgreSQL runs but does not accept connections.
    case notReady(afterSeconds: Int, log: String, lastLines: String)
    /// A PostgreSQL left running by an earlier run does not stop.
    case leftoverWillNotStop(process: Int32, folder: String)
}

extension DevPostgresError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .postgresNotFound(let searched):
            """
            PostgreSQL's server programs (initdb, postgres) were not found.
            Looked in: \(searched.joined(separator: ", "))
            Install them (Debian and Ubuntu: apt install postgresql), or name their folder with --pg-bin.
            """
        case .programMissing(let program, let folder):
            "\(folder) has no program \"\(program)\". Specify the folder of PostgreSQL's server programs."
        case .unknownVersion(let program, let output):
            "\(program) does not report a version; its output is \"\(output)\". Specify another installation with "
                + "--pg-bin."
        case .noUnprivilegedAccount:
            "PostgreSQL refuses to run as root, and there is no account \"postgres\" or \"nobody\" to run it as. "
                + "Start weir as an ordinary user."
        case .cannotStartAs(let account):
            "The program \"setpriv\" (package util-linux) is needed to start PostgreSQL as \(account) and was not "
                + "found. Install it, or start weir as an ordinary user."
        case .cannotBecome(let account, let reason):
            "Could not continue as the account \"\(account)\": \(reason). Start weir as an ordinary user."
        case .file(let path, let task, let reason):
            "Could not \(task) \(path): \(reason). Fix that, or choose another place with XDG_STATE_HOME "
                + "(TMPDIR for --ephemeral)."
        case .unreachable(let folder, let blockedBy, let account):
            "The account \"\(account)\", which runs PostgreSQL, may not enter \(blockedBy), so it cannot use "
                + "\(folder). Choose another place with XDG_STATE_HOME (TMPDIR for --ephemeral)."
        case .inUse(let folder, let process):
            "\(folder) is in use by another weir\(process.map { " (process \($0))" } ?? ""). "
                + "Use that one, stop it, or start a second one with --ephemeral and another --port."
        case .notACluster(let folder):
            "\(folder) exists and is not a PostgreSQL cluster. Move it away; it will not be overwritten."
        case .otherMajorVersion(let folder, let cluster, let installed):
            "The cluster in \(folder) was created by PostgreSQL \(cluster), but the installed versions are "
                + "\(installed.map(\.description).joined(separator: ", ")). Install PostgreSQL \(cluster), or specify "
                + "its programs with --pg-bin, or remove the folder to start over (its databases are lost)."
        case .programFailed(let program, let status, let output):
            "\(program) failed (\(status)). Its output:\n\(output)"
        case .didNotStart(let status, let log, let lastLines):
            "PostgreSQL did not start (\(status)). The end of \(log):\n\(lastLines)"
        case .notReady(let seconds, let log, let lastLines):
            "PostgreSQL does not accept connections after \(seconds) s. The end of \(log):\n\(lastLines)"
        case .leftoverWillNotStop(let process, let folder):
            "A PostgreSQL left running by an earlier run (process \(process)) uses \(folder) and does not stop. "
                + "End it with: kill -QUIT \(process)"
        }
    }
}
