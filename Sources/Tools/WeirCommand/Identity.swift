import Glibc
import Pooler

/// The account that the process runs as (`-u`, setting `user`).
enum Identity {
    /// Changes to the account `user`, for all threads and for good.
    static func assume(_ user: String) throws(StartupError) {
        guard let entry = unsafe getpwnam(user) else {
            throw StartupError("could not find user '\(user)' to switch to")
        }
        let (id, group) = unsafe (entry.pointee.pw_uid, entry.pointee.pw_gid)
        if getuid() == 0 {
            let groups = [group]
            guard unsafe setgroups(1, groups) == 0 else {
                throw StartupError("failed to reset groups: \(lastSystemError())")
            }
        }
        guard setgid(group) == 0, setuid(id) == 0 else {
            throw StartupError("failed to assume identity of user '\(user)': \(lastSystemError())")
        }
        guard getuid() == id, geteuid() == id else { throw StartupError("setuid() failed to work") }
    }
}
