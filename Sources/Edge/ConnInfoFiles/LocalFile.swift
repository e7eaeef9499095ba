import Glibc
package import PGConnInfo

/// The few things that libpq wants to know about files.
package enum LocalFile {
    /// What stat(2) says; `nil` if there is no such file.
    package static func facts(_ path: String) -> PrivateFile? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return PrivateFile(path: path, mode: status.st_mode, owner: status.st_uid)
    }

    /// Whether there is such a file.
    package static func exists(_ path: String) -> Bool { facts(path) != nil }

    /// The whole file; `nil` if it cannot be read, or is larger than such files ever are.
    package static func bytes(_ path: String) -> [UInt8]? {
        // Not to wait for ever for somebody to write into a pipe.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while bytes.count <= mostBytes {
            let count = unsafe read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
        return nil
    }

    /// Adds to a file that only its owner may read; makes it if it is not there. Does nothing if that cannot be done.
    package static func append(_ bytes: [UInt8], to path: String) {
        let descriptor = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        _ = unsafe write(descriptor, bytes, bytes.count)
    }

    private static let mostBytes = 16 * 1024 * 1024
}
