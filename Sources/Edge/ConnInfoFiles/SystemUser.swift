import Glibc

/// A user, as the operating system knows him.
package struct SystemUser: Hashable, Sendable {
    /// The user's name.
    package let name: String
    /// Where the user is at home.
    package let home: String

    /// The user with that number; `nil` if nobody has it.
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

    /// The user who runs the program.
    package static var present: SystemUser? { SystemUser(geteuid()) }
}
