import Glibc

/// A lock that marks a folder as in use while this process lives: the system releases it if the process is killed.
final class FolderLock {
    private var descriptor: Int32

    /// Locks `folder`.
    ///
    /// - Throws: ``DevPostgresError/inUse(folder:process:)`` immediately if another process holds the lock.
    init(folder: String, account: ProgramAccount) throws(DevPostgresError) {
        let path = "\(folder)/lock"
        descriptor = try openFile(path, O_RDWR | O_CREAT | O_NOFOLLOW)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            // deinit closes it; closing it twice could close an unrelated descriptor.
            throw .inUse(folder: folder, process: Self.firstNumber(descriptor))
        }
        if account.user != geteuid() { fchown(descriptor, account.user, account.group) }
        let text = Array("\(getpid())\n".utf8)
        if ftruncate(descriptor, 0) == 0 { _ = unsafe pwrite(descriptor, text, text.count, 0) }
    }

    /// Locks a folder that may have been left by an earlier run; `nil` if it has no lock file or its owner lives.
    init?(leftBehind folder: String) {
        guard let descriptor = try? openFile("\(folder)/lock", O_RDWR | O_NOFOLLOW) else { return nil }
        self.descriptor = descriptor
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return nil }
    }

    /// Releases the folder. May be called more than once.
    func release() {
        guard descriptor >= 0 else { return }
        // A program that is being started may briefly hold a copy of the descriptor, and with it the lock.
        flock(descriptor, LOCK_UN)
        close(descriptor)
        descriptor = -1
    }

    deinit { release() }

    private static func firstNumber(_ descriptor: Int32) -> Int32? {
        var buffer = [UInt8](repeating: 0, count: 16)
        let count = unsafe pread(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: buffer[..<count], as: UTF8.self).filter(\.isNumber))
    }
}
