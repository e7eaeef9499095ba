import Glibc

/// The operating system account that runs PostgreSQL's programs and owns its files.
///
/// PostgreSQL refuses to run as root; any other user runs it under their own account.
package struct ProgramAccount: Hashable, Sendable {
    package let name: String
    package let user: UInt32
    package let group: UInt32

    /// The account of this process.
    package static var current: ProgramAccount {
        ProgramAccount(name: "user \(geteuid())", user: geteuid(), group: getegid())
    }

    /// The account of this process, or for root `postgres` if it exists, else `nobody`.
    package static func unprivileged() throws(DevPostgresError) -> ProgramAccount {
        guard geteuid() == 0 else { return current }
        guard let account = named("postgres") ?? named("nobody"), account.user != 0 else {
            throw .noUnprivilegedAccount
        }
        return account
    }

    /// The account with that name; `nil` if it does not exist.
    package static func named(_ name: String) -> ProgramAccount? {
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        // Not getpwnam, whose result another thread may overwrite.
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16 * 1024) { buffer in
            guard unsafe getpwnam_r(name, &entry, buffer.baseAddress!, buffer.count, &found) == 0, unsafe found != nil
            else { return nil }
            return unsafe ProgramAccount(name: name, user: entry.pw_uid, group: entry.pw_gid)
        }
    }

    /// Switches the whole process, with all its threads, permanently to this account, and to the folder `/`.
    ///
    /// Does nothing if it runs as this account already. Afterwards it keeps none of root's privileges: neither groups
    /// nor a saved user ID.
    package func assume() throws(DevPostgresError) {
        guard geteuid() != user else { return }
        let groups = [gid_t(group)]
        guard unsafe setgroups(1, groups) == 0, setgid(group) == 0, setuid(user) == 0 else {
            throw .cannotBecome(account: name, reason: lastSystemError())
        }
        guard getuid() == user, geteuid() == user else {
            throw .cannotBecome(account: name, reason: "the system reported success without doing it")
        }
        _ = unsafe chdir("/")  // PostgreSQL's programs do not run in a folder that they may not enter
    }

    /// The prefix of a command that makes it run as this account; empty if the process runs as it already.
    ///
    /// `setpriv` replaces itself with the program it starts: same process, no quoting, no shell. The program starts in
    /// `/`, because PostgreSQL's programs do not run in a folder that they may not enter, such as root's home.
    func commandPrefix() throws(DevPostgresError) -> [String] {
        guard geteuid() != user else { return [] }
        for folder in ["/usr/bin", "/bin", "/usr/sbin", "/sbin"] where isProgram("\(folder)/setpriv") {
            return ["\(folder)/setpriv", "--reuid=\(user)", "--regid=\(group)", "--clear-groups", "--"]
                + ["/usr/bin/env", "--chdir=/"]
        }
        throw .cannotStartAs(account: name)
    }

    /// The first folder on the path to `path` that this account may not enter; `nil` if there is none.
    package func firstInaccessibleFolder(to path: String) -> String? {
        guard geteuid() == 0 else { return nil }  // for the current account, system calls give more precise errors
        var folder = ""
        for part in path.split(separator: "/") {
            folder += "/\(part)"
            guard let facts = facts(folder) else { return nil }
            let needed: mode_t = facts.st_uid == user ? 0o100 : facts.st_gid == group ? 0o010 : 0o001
            if facts.st_mode & needed == 0 { return folder }
        }
        return nil
    }
}
