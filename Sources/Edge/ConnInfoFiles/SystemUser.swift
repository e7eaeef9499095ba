import Glibc

/// A user account of the operating system.
package struct SystemUser: Hashable, Sendable {
    /// The user's name.
    package let name: String
    /// The user's home directory.
    package let home: String

    /// Looks up a user by ID; `nil` if there is none.
    package init?(_ id: UInt32) {
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16 * 1024)
        let status = unsafe getpwuid_r(id, &entry, &buffer, buffer.count, &found)
        guard status == 0, unsafe found != nil, let name = unsafe entry.pw_name, let home = unsafe entry.pw_dir else {
            return nil
        }
        self.name = unsafe String(cString: name)
        self.home = unsafe String(cString: home)
    }

    /// The user that runs the process.
    package static var current: SystemUser? { SystemUser(geteuid()) }
}
