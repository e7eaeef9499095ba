import Glibc
package import PGConnInfo

/// The file operations that libpq's rules need.
package enum LocalFile {
    /// Returns the result of stat(2); `nil` if the file does not exist.
    package static func facts(_ path: String) -> PrivateFile? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return PrivateFile(path: path, mode: status.st_mode, owner: status.st_uid)
    }

    /// Returns whether the file exists.
    package static func exists(_ path: String) -> Bool { facts(path) != nil }

    /// Returns the content of a file; `nil` if it cannot be read, or is unreasonably large.
    package static func bytes(_ path: String) -> [UInt8]? {
        // Do not block if the path is a pipe without a writer.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while bytes.count <= maximumBytes {
            let count = unsafe read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
        return nil
    }

    /// Appends to a file that only its owner can read, and creates it if it does not exist. Failures are ignored.
    package static func append(_ bytes: [UInt8], to path: String) {
        let descriptor = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        _ = unsafe write(descriptor, bytes, bytes.count)
    }

    private static let maximumBytes = 16 * 1024 * 1024
}
