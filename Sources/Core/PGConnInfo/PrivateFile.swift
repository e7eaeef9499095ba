/// What is known of a file that holds a secret, before it is read: libpq refuses some that others could read, too.
public struct PrivateFile: Hashable, Sendable {
    /// The file's path.
    public let path: String
    /// The file's type and permissions: `st_mode` of stat(2).
    public let mode: UInt32
    /// The number of the user who owns the file: `st_uid` of stat(2).
    public let owner: UInt32

    /// What stat(2) said.
    public init(path: String, mode: UInt32, owner: UInt32) {
        self.path = path
        self.mode = mode
        self.owner = owner
    }

    /// Why libpq would ignore this password file, in the words of its warning; `nil` if it would read it.
    ///
    /// The owner may do anything, others nothing. Who the owner is does not matter: who else could read it?
    public var objectionAsPasswordFile: String? {
        if !isRegular { return "password file \"\(path)\" is not a plain file" }
        if mode & 0o077 != 0 {
            return "password file \"\(path)\" has group or world access; permissions should be u=rw (0600) or less"
        }
        return nil
    }

    /// Why libpq would refuse this private key (`sslkey`), in the words of its error; `nil` if it would read it.
    ///
    /// As for a password file, but root's files may be readable by their group.
    public var objectionAsPrivateKey: String? {
        if !isRegular { return "private key file \"\(path)\" is not a regular file" }
        if mode & (owner == 0 ? 0o037 : 0o077) != 0 {
            return "private key file \"\(path)\" has group or world access; file must have permissions u=rw (0600) or "
                + "less if owned by the current user, or permissions u=rw,g=r (0640) or less if owned by root"
        }
        return nil
    }

    private var isRegular: Bool { mode & 0o170000 == 0o100000 }
}
