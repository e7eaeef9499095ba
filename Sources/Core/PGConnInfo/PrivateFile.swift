/// The metadata of a file that contains a secret, checked before it is read: libpq rejects some files that others could
/// read.
public struct PrivateFile: Hashable, Sendable {
    /// The file's path.
    public let path: String
    /// The file's type and permissions: `st_mode` of stat(2).
    public let mode: UInt32
    /// The user ID of the file's owner: `st_uid` of stat(2).
    public let owner: UInt32

    /// Creates the metadata from the results of stat(2).
    public init(path: String, mode: UInt32, owner: UInt32) {
        self.path = path
        self.mode = mode
        self.owner = owner
    }

    /// The reason why libpq ignores this password file, in the words of its warning; `nil` if libpq reads it.
    ///
    /// The owner may have any permission, others none. The owner's identity is not checked: only the owner can read
    /// such a file.
    public var objectionAsPasswordFile: String? {
        if !isRegular { return "password file \"\(path)\" is not a plain file" }
        if mode & 0o077 != 0 {
            return "password file \"\(path)\" has group or world access; permissions should be u=rw (0600) or less"
        }
        return nil
    }

    /// The reason why libpq rejects this private key (`sslkey`), in the words of its error; `nil` if libpq reads it.
    ///
    /// As for a password file, except that root's files may be readable by their group.
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
