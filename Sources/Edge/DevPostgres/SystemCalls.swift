import Glibc

/// The C library's message for the error of the last system call.
func lastSystemError() -> String {
    systemError(errno)
}

/// The C library's message for an error number.
func systemError(_ number: Int32) -> String {
    guard let words = unsafe strerror(number) else { return "error \(number)" }
    return unsafe String(cString: words)
}

/// Whether there is a file of any kind at `path`.
func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

/// Whether this process may execute the program at `path`.
func isProgram(_ path: String) -> Bool { unsafe access(path, X_OK) == 0 }

/// Removes a file; it may be missing.
func removeFile(_ path: String) { unsafe unlink(path) }

/// The metadata of a file; `nil` if it does not exist. A symbolic link is not followed unless `following` is true.
func facts(_ path: String, following: Bool = true) -> stat? {
    var facts = stat()
    let outcome = unsafe following ? stat(path, &facts) : lstat(path, &facts)
    return outcome == 0 ? facts : nil
}

/// Opens or creates a file that child processes do not inherit.
func openFile(_ path: String, _ flags: Int32) throws(DevPostgresError) -> Int32 {
    let descriptor = unsafe open(path, flags | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .file(path, task: "open", reason: lastSystemError()) }
    return descriptor
}

/// Creates a folder that only its owner may enter, unless the name exists.
func makeFolder(_ path: String, for account: ProgramAccount) throws(DevPostgresError) {
    guard unsafe mkdir(path, 0o700) == 0 else {
        if errno == EEXIST { return }
        throw .file(path, task: "create", reason: lastSystemError())
    }
    try handOver(path, to: account)
}

/// Makes `account` the owner, if this process is root.
func handOver(_ path: String, to account: ProgramAccount) throws(DevPostgresError) {
    guard account.user != geteuid() else { return }
    guard unsafe lchown(path, account.user, account.group) == 0 else {
        throw .file(path, task: "hand over to \(account.name)", reason: lastSystemError())
    }
}

/// Renames a file, replacing an existing one.
func renameFile(_ old: String, to new: String) throws(DevPostgresError) {
    guard unsafe rename(old, new) == 0 else { throw .file(new, task: "create", reason: lastSystemError()) }
}
